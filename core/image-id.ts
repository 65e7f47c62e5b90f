/** An image's id is its object's key; callers may leave the image prefix out. */
export function toImageId(given: string, prefix: string): string {
  return given.startsWith(prefix) ? given : prefix + given;
}

/** The ids that a caller's `prefix` means: one that the image prefix itself begins with means all. */
export function toIdPrefix(given: string, prefix: string): string {
  return prefix.startsWith(given) ? prefix : toImageId(given, prefix);
}

export function nameOf(imageId: string, prefix: string): string {
  return imageId.slice(prefix.length);
}

/** Whether an object of this key has a record: not outside the prefix, and not a folder marker of the S3 console. */
export function isImageKey(key: string, prefix: string): boolean {
  return key.startsWith(prefix) && !key.endsWith('/');
}

/** Why an image can't be uploaded under this name, for the caller's eyes; `undefined` where it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (/\p{Cc}/u.test(name)) return 'it holds a control character';
  if (/\p{Surrogate}/u.test(name)) return 'it is not valid Unicode (a lone surrogate)';
  if (name.endsWith('/')) return 'it ends in a slash, which makes it a folder';
  // Every URL client resolves such a segment away, so the object could never be addressed.
  if (name.split('/').some((segment) => segment === '.' || segment === '..')) {
    return 'it has a segment that is "." or ".."';
  }
  return undefined;
}

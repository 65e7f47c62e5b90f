/**
 * The image id at the end of a URL's path, after `base`, decoded once. A `%` that begins no escape, and escapes
 * that are no UTF-8, stand for themselves, so that `50%.jpg` is found without encoding it.
 */
export function imageIdIn(pathname: string, base: string): string {
  return pathname.slice(base.length).replaceAll(/(?:%[\da-f]{2})+/gi, decoded);
}

function decoded(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    // Not UTF-8 as a whole: what can't be an id's encoding is taken as it stands.
    return escapes;
  }
}

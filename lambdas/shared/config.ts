/** A setting of the function's environment. Throws, and so fails the cold start, where it is missing. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set the environment variable ${name}`);
  return value;
}

export function numberSetting(name: string): number {
  const value = Number(setting(name));
  if (!Number.isFinite(value)) throw new Error(`The environment variable ${name} must be a number`);
  return value;
}

export function oneOfSetting<T extends string>(name: string, allowed: readonly T[]): T {
  const value = setting(name);
  const found = allowed.find((one) => one === value);
  if (found === undefined)
    throw new Error(`The environment variable ${name} must be ${allowed.join(' or ')}`);
  return found;
}

/** Values with commas between them. */
export function listSetting(name: string): string[] {
  return setting(name)
    .split(',')
    .map((value) => value.trim());
}

/** Where the images lie. `IMAGE_PREFIX` ends in a slash. */
export function imagePrefixSetting(): string {
  const prefix = setting('IMAGE_PREFIX');
  if (!prefix.endsWith('/'))
    throw new Error('The environment variable IMAGE_PREFIX must end in a slash: uploads/');
  return prefix;
}

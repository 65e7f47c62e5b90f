/** The target of a request line, as it was sent; the query without its question mark. */
export interface RequestTarget {
  rawPath: string;
  query: string;
}

/** Never through URL, which would resolve `..` and normalise the rest. */
export function targetOf(url: string): RequestTarget {
  const target = url.replace(/^https?:\/\/[^/?]*/i, '');
  const at = target.indexOf('?');
  return at < 0
    ? { rawPath: target, query: '' }
    : { rawPath: target.slice(0, at), query: target.slice(at + 1) };
}

/** Undefined where the path is not below the stage. */
export function withoutStage(rawPath: string, stage: string): string | undefined {
  const root = `/${stage}`;
  if (rawPath === root) return '/';
  return rawPath.startsWith(`${root}/`) ? rawPath.slice(root.length) : undefined;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Takes percent-encoding away, once. `raw` is a part of the request line as Node gives it: one
 * character a byte. Answers undefined for a stray `%` or bytes that are not UTF-8.
 */
export function decodePercent(raw: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(raw)) return undefined;
  const bytes = raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return latin1AsUtf8(bytes);
}

/** Text that Node read byte by byte (a path, a header), read as UTF-8; undefined when it is not UTF-8. */
export function latin1AsUtf8(text: string): string | undefined {
  try {
    return UTF8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return undefined;
  }
}

/** RFC 3986, as signatures want it: all but letters, digits and `-._~` is encoded. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * A key, or a part of one, as S3 writes it in events and in listings with `encoding-type=url`: as a form would (`+`
 * for a space), but for the slashes. What stays as it is: letters, digits and `-_.*`, as with Java's URLEncoder.
 */
export function encodeKey(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

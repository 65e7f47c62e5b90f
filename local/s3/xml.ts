/** An element's content: text, or elements in order; a list repeats the element. */
export type XmlContent = string | number | boolean | XmlElement[];
export type XmlElement = readonly [name: string, content: XmlContent];

/** The namespace of S3's answers; its errors have none. */
export const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document with one root element. */
export function xmlDocument(root: string, content: XmlElement[] | string, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${render(content)}</${root}>`;
}

/**
 * Text for an element. Control characters become references, as on S3: most of them are not allowed
 * in XML 1.0 even so, which is why clients ask for `encoding-type=url`. Tabs and line feeds may stand.
 */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are the point here
  return text.replace(/[&<>"\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g, (character) => {
    const name = NAMED[character];
    return name ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });
}

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function render(content: XmlContent): string {
  if (!Array.isArray(content)) return escapeXml(String(content));
  return content.map(([name, inner]) => `<${name}>${render(inner)}</${name}>`).join('');
}

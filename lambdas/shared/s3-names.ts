/** The address of an object: virtual-host style on AWS, path style on an endpoint of its own. It gives no access. */
export function objectUrl(bucket: string, key: string, environment: NodeJS.ProcessEnv = process.env): string {
  const path = key.split('/').map(encodeSegment).join('/');
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
  if (endpoint) return `${endpoint.replace(/\/+$/, '')}/${bucket}/${path}`;
  return `https://${bucket}.s3.${environment['AWS_REGION'] ?? 'us-east-1'}.amazonaws.com/${path}`;
}

const MAX_KEY_BYTES = 1024;

/** Source: Amazon S3 User Guide, "Naming Amazon S3 objects". */
export function nameProblem(key: string): string | undefined {
  const bytes = Buffer.byteLength(key);
  return bytes > MAX_KEY_BYTES
    ? `its key has ${bytes} bytes in UTF-8, and S3 takes ${MAX_KEY_BYTES}`
    : undefined;
}

/** RFC 3986: unlike a form's encoding, and unlike encodeURIComponent, which leaves !'()* as they are. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

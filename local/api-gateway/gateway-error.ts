/** An answer of the gateway itself, in the contract's shape. */
export interface GatewayError {
  status: number;
  /** One of the codes of the contract's schema `Error`. */
  code: string;
  error: string;
  hint?: string;
}

const UPLOAD_URL_HINT = 'Ask POST /images/upload-url for an address and PUT the image there';

export const FORBIDDEN: GatewayError = {
  status: 403,
  code: 'forbidden',
  error: 'Forbidden',
  hint: 'Send the API key in the header x-api-key',
};
export const ROUTE_NOT_FOUND: GatewayError = {
  status: 404,
  code: 'route_not_found',
  error: 'Route not found',
};
export const TOO_LARGE: GatewayError = {
  status: 413,
  code: 'too_large',
  error: 'The request is larger than the API takes',
  hint: UPLOAD_URL_HINT,
};
/** The function crashed, or answered what is no answer. */
export const BAD_GATEWAY: GatewayError = { status: 502, code: 'internal_error', error: 'Internal error' };
export const TIMEOUT: GatewayError = {
  status: 504,
  code: 'unavailable',
  error: 'Temporarily unavailable',
  hint: 'Try again in a moment',
};
/** The stack is about to end. */
export const UNAVAILABLE: GatewayError = { ...TIMEOUT, status: 503 };

export function outsideStage(stage: string): GatewayError {
  return { ...ROUTE_NOT_FOUND, hint: `Every path of the API begins with /${stage}` };
}

export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Location, x-request-id, Retry-After',
};

export function errorResponse(
  { error, code, hint }: GatewayError,
  requestId: string,
): { headers: Record<string, string>; body: string } {
  const headers = {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    ...CORS_HEADERS,
  };
  return { headers, body: JSON.stringify({ error, code, hint, request_id: requestId }) };
}

import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

/** What the API is passed beside a request. */
interface Environment {
  requestId: string;
}

/** API Gateway's own "Test" sends no headers at all. */
type RestApiEvent = Omit<APIGatewayProxyEvent, 'multiValueHeaders'> & {
  multiValueHeaders: APIGatewayProxyEvent['multiValueHeaders'] | null;
};

interface ContextLog {
  addContext: (context: Context) => void;
}

interface WebApi {
  fetch: (request: Request, environment: Environment) => Response | Promise<Response>;
}

/**
 * Serves an API behind an API Gateway REST API with Lambda proxy integration. Its answers are JSON, never binary.
 * Source: API Gateway Developer Guide, "Lambda proxy integrations".
 */
export function restApiHandler(api: WebApi, log: ContextLog) {
  return async (event: RestApiEvent, context: Context): Promise<APIGatewayProxyResult> => {
    log.addContext(context);
    const environment: Environment = { requestId: event.requestContext.requestId };
    const response = await api.fetch(requestOf(event), environment);
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      isBase64Encoded: false,
    };
  };
}

export function requestIdOf(environment: unknown): string {
  // `restApiHandler` passes it so.
  return (environment as Environment).requestId;
}

// Any will do: no answer has it, and the caller's Host header must not become part of the URL.
const ORIGIN = 'https://api.invalid';

/** The path comes percent-encoded, and goes into the URL as it is; the query comes decoded. */
function requestOf(event: RestApiEvent): Request {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) query.append(name, value);
  }
  // API Gateway passes the body of a GET on; a web Request can't have one.
  const hasBody = event.body !== null && event.httpMethod !== 'GET' && event.httpMethod !== 'HEAD';
  return new Request(`${ORIGIN}${addressable(event.path)}?${query.toString()}`, {
    method: event.httpMethod,
    headers: headersOf(event),
    ...(hasBody && { body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8') }),
  });
}

/**
 * A URL resolves `.` and `..`, encoded or not, and takes `\` for a slash: the path would come to name another image
 * than the one that was asked for. No image can be addressed so, and no route is what is found.
 */
function addressable(path: string): string {
  const hasDots = /(?:^|[\\/])(?:\.|%2e){1,2}(?:[\\/]|$)/i.test(path);
  return hasDots ? '/' : path.replaceAll('\\', '%5C');
}

function headersOf(event: RestApiEvent): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    for (const value of values ?? []) {
      // A value that HTTP doesn't allow can't mean anything to us, and must not fail the request.
      if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) headers.append(name, value);
    }
  }
  return headers;
}

import type { MatchedRoute } from './routes.ts';

export interface ProxyRequest {
  requestId: string;
  method: string;
  /** As it was sent, with the stage, without the query. */
  rawPath: string;
  /** As it was sent, without the stage. */
  path: string;
  /** As it was sent, without the question mark. */
  query: string;
  /** Names and values in turn, as Node has them. */
  rawHeaders: string[];
  sourceIp: string;
  body: Buffer;
  time: Date;
}

export interface ProxySettings {
  stage: string;
  apiId: string;
  accountId: string;
}

/** Source: API Gateway Developer Guide, "API Gateway REST API important notes": these do not reach a function. */
const DROPPED_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The event of API Gateway's Lambda proxy integration, REST API (payload version 1). Source: API Gateway Developer
 * Guide, "Input format of a Lambda function for proxy integration".
 */
export function proxyEventOf(request: ProxyRequest, route: MatchedRoute, settings: ProxySettings): unknown {
  const headers = headersOf(request);
  const query = queryOf(request.query);
  const { body } = request;
  return {
    resource: route.resource,
    path: request.path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: query && lastOf(query),
    multiValueQueryStringParameters: query,
    pathParameters: route.pathParameters,
    stageVariables: null,
    requestContext: contextOf(request, route, settings, lastOf(headers)),
    body: body.length === 0 ? null : body.toString('base64'),
    // The API's binary media types are */*: every body comes in base64.
    isBase64Encoded: body.length > 0,
  };
}

function contextOf(
  request: ProxyRequest,
  route: MatchedRoute,
  { stage, apiId, accountId }: ProxySettings,
  headers: Record<string, string>,
): unknown {
  return {
    accountId,
    apiId,
    domainName: headerIn(headers, 'host'),
    domainPrefix: apiId,
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    identity: identityOf(request, headers),
    path: request.rawPath,
    protocol: 'HTTP/1.1',
    requestId: request.requestId,
    requestTime: requestTime(request.time),
    requestTimeEpoch: request.time.getTime(),
    resourceId: 'local',
    resourcePath: route.resource,
    stage,
  };
}

function identityOf({ sourceIp }: ProxyRequest, headers: Record<string, string>): unknown {
  const apiKey = headerIn(headers, 'x-api-key');
  return {
    accessKey: null,
    accountId: null,
    apiKey,
    apiKeyId: apiKey === null ? null : 'local',
    caller: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp,
    user: null,
    userAgent: headerIn(headers, 'user-agent'),
    userArn: null,
  };
}

function headerIn(headers: Record<string, string>, name: string): string | null {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

function headersOf({ rawHeaders, sourceIp }: ProxyRequest): Record<string, string[]> {
  const headers = new Map<string, { name: string; values: string[] }>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]];
    const lower = name.toLowerCase();
    if (DROPPED_HEADERS.has(lower)) continue;
    const known = headers.get(lower);
    if (known === undefined) headers.set(lower, { name, values: [value] });
    else known.values.push(value);
  }
  for (const [name, value] of [
    ['X-Forwarded-For', sourceIp],
    ['X-Forwarded-Proto', 'http'],
  ] as const) {
    headers.set(name.toLowerCase(), { name, values: [value] });
  }
  return Object.fromEntries([...headers.values()].map(({ name, values }) => [name, values]));
}

/** Null where there is no parameter at all. */
function queryOf(query: string): Record<string, string[]> | null {
  const parameters = new Map<string, string[]>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : decode(pair.slice(at + 1));
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  return parameters.size === 0 ? null : Object.fromEntries(parameters);
}

/** What is not percent-encoding stays as it is. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** API Gateway gives a name that comes twice its last value in the plain maps. */
function lastOf(values: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

/** As in `09/Apr/2015:12:34:56 +0000`. */
function requestTime(time: Date): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** An operation of the contract, as API Gateway has it: a method on a resource, and the function behind it. */
export interface Route {
  method: string;
  /** With API Gateway's mark for a parameter that takes the rest of the path: `/metadata/{image_id+}`. */
  resource: string;
  functionName: string;
}

export interface MatchedRoute extends Route {
  /** As they were sent, percent-encoded; slashes twice in a row and at the end are lost. Null where there are none. */
  pathParameters: Record<string, string> | null;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head'];

/**
 * The routes of an OpenAPI document, and OPTIONS for each of its paths, which goes to the same function.
 * Throws where an operation does not name its function in `x-function`.
 */
export function routesOf(contract: unknown): Route[] {
  return Object.entries(object(object(contract)['paths'])).flatMap(([path, item]) => {
    const resource = resourceOf(path, object(item), contract);
    const routes = METHODS.flatMap((method) => {
      const operation = object(item)[method];
      if (operation === undefined) return [];
      const functionName = object(operation)['x-function'];
      if (typeof functionName !== 'string')
        throw new Error(`openapi.yaml: ${method} ${path} has no x-function`);
      return [{ method: method.toUpperCase(), resource, functionName }];
    });
    const [first] = routes;
    return first === undefined ? [] : [...routes, { ...first, method: 'OPTIONS' }];
  });
}

/** The route of a raw path (no stage, no query); a literal part wins over a parameter, and a greedy one comes last. */
export function matchRoute(routes: Route[], method: string, path: string): MatchedRoute | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  let best: { route: MatchedRoute; rank: string } | undefined;
  for (const route of routes) {
    const match = route.method === method ? matchResource(route.resource, parts) : undefined;
    if (match === undefined || (best !== undefined && best.rank <= match.rank)) continue;
    const pathParameters = Object.keys(match.parameters).length > 0 ? match.parameters : null;
    best = { route: { ...route, pathParameters }, rank: match.rank };
  }
  return best?.route;
}

/** `rank` sorts by how general each part is, from the first on. */
function matchResource(
  resource: string,
  parts: string[],
): { parameters: Record<string, string>; rank: string } | undefined {
  const templates = resource.split('/').filter((part) => part !== '');
  const parameters: Record<string, string> = {};
  let rank = '';
  for (const [i, template] of templates.entries()) {
    const part = parts[i];
    if (part === undefined) return undefined;
    const [, name, greedy] = /^\{([^+}]+)(\+?)\}$/.exec(template) ?? [];
    if (name === undefined) {
      if (template !== part) return undefined;
      rank += '0';
    } else if (greedy === '') {
      parameters[name] = part;
      rank += '1';
    } else {
      parameters[name] = parts.slice(i).join('/');
      return { parameters, rank: `${rank}2` };
    }
  }
  return templates.length === parts.length ? { parameters, rank } : undefined;
}

function resourceOf(path: string, item: Record<string, unknown>, contract: unknown): string {
  const parameters = Array.isArray(item['parameters']) ? (item['parameters'] as unknown[]) : [];
  return parameters
    .map((parameter) => resolve(object(parameter), contract))
    .filter((parameter) => parameter['in'] === 'path' && parameter['x-greedy'] === true)
    .reduce((resource, { name }) => resource.replace(`{${String(name)}}`, `{${String(name)}+}`), path);
}

/** Follows a `$ref` inside the document. */
function resolve(value: Record<string, unknown>, contract: unknown): Record<string, unknown> {
  const reference = value['$ref'];
  if (typeof reference !== 'string') return value;
  const names = reference.split('/').slice(1);
  return names.reduce((at, name) => object(at[name]), object(contract));
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { matchRoute, routesOf } from './routes.ts';

const contract = `
paths:
  /metadata:
    get: { x-function: read }
  /metadata/{image_id}:
    parameters: [{ $ref: '#/components/parameters/ImageId' }]
    get: { x-function: read }
    delete: { x-function: read }
  /images/upload-url:
    post: { x-function: upload }
  /albums/{album}/images/{image}:
    get: { x-function: read }
components:
  parameters:
    ImageId: { name: image_id, in: path, x-greedy: true }
`;
const routes = routesOf(parse(contract));

describe('the routes', () => {
  it('are those of the contract, and OPTIONS of every path', () => {
    expect(
      routes.map(({ method, resource, functionName }) => `${method} ${resource} ${functionName}`),
    ).toEqual([
      'GET /metadata read',
      'OPTIONS /metadata read',
      'GET /metadata/{image_id+} read',
      'DELETE /metadata/{image_id+} read',
      'OPTIONS /metadata/{image_id+} read',
      'POST /images/upload-url upload',
      'OPTIONS /images/upload-url upload',
      'GET /albums/{album}/images/{image} read',
      'OPTIONS /albums/{album}/images/{image} read',
    ]);
  });

  it('can be made of the contract of the project', async () => {
    const text = await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8');
    expect(routesOf(parse(text))).toContainEqual({
      method: 'DELETE',
      resource: '/metadata/{image_id+}',
      functionName: 'get_image_metadata',
    });
  });

  it('refuse a contract whose operation names no function', () => {
    expect(() => routesOf({ paths: { '/a': { get: {} } } })).toThrow('get /a has no x-function');
  });

  it.each([
    ['GET', '/metadata', '/metadata', null],
    ['GET', '/metadata/', '/metadata', null],
    ['GET', '/metadata/a', '/metadata/{image_id+}', { image_id: 'a' }],
    ['GET', '/metadata/uploads/a%2Fb%20c', '/metadata/{image_id+}', { image_id: 'uploads/a%2Fb%20c' }],
    ['DELETE', '/metadata//a//b/', '/metadata/{image_id+}', { image_id: 'a/b' }],
    ['GET', '/metadata/%zz', '/metadata/{image_id+}', { image_id: '%zz' }],
    ['POST', '/images/upload-url', '/images/upload-url', null],
    ['GET', '/albums/a/images/b', '/albums/{album}/images/{image}', { album: 'a', image: 'b' }],
  ])('take %s %s to %s', (method, path, resource, pathParameters) => {
    expect(matchRoute(routes, method, path)).toMatchObject({ resource, pathParameters });
  });

  it.each([
    ['DELETE', '/metadata'],
    ['POST', '/metadata/a'],
    ['HEAD', '/metadata'],
    ['GET', '/Metadata'],
    ['GET', '/'],
    ['GET', '/albums/a/images'],
    ['GET', '/albums/a/images/b/c'],
    ['POST', '/images/upload%2Durl'],
  ])('have none for %s %s', (method, path) => {
    expect(matchRoute(routes, method, path)).toBeUndefined();
  });

  it('prefer a literal part to a parameter, and one part to the rest, whatever their order', () => {
    const at = (resource: string): object => ({ method: 'GET', resource, functionName: 'f' });
    const all = [at('/a/{rest+}'), at('/a/{one}'), at('/a/b')] as typeof routes;
    for (const order of [all, all.toReversed()]) {
      expect(matchRoute(order, 'GET', '/a/b')?.resource).toBe('/a/b');
      expect(matchRoute(order, 'GET', '/a/c')?.resource).toBe('/a/{one}');
      expect(matchRoute(order, 'GET', '/a/b/c')?.resource).toBe('/a/{rest+}');
    }
  });
});

import { expect, test } from '@jest/globals';
import { requestSideOf } from './request-side.ts';

test('a contract loses what only its readers need, and no field of a schema', () => {
  const contract = {
    info: { title: 'An API' },
    paths: {
      '/a': {
        get: {
          operationId: 'a',
          summary: 'A',
          parameters: [{ name: 'limit', description: 'L' }],
          responses: { 200: {} },
        },
      },
    },
    components: { schemas: { A: { properties: { description: { type: 'string', description: 'D' } } } } },
  };
  expect(requestSideOf(contract)).toEqual({
    paths: { '/a': { get: { operationId: 'a', parameters: [{ name: 'limit' }] } } },
    components: { schemas: { A: { properties: { description: { type: 'string' } } } } },
  });
});

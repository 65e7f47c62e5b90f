import { describe, expect, test } from '@jest/globals';
import { codeOf, errorIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { OPERATIONS } from './contract.ts';
import { ownFolder } from './own-folder.ts';
import { stack } from './stack.ts';

// An id that no image has: whoever gets in by mistake must not do harm.
const { id } = ownFolder();

describe.each(OPERATIONS)('$method $path', ({ method, path: template }) => {
  const path = template.replace('{image_id}', `${id}a.jpg`);

  test('answers 403 forbidden without an API key, and says where it goes', async () => {
    const answer = await callApi(method, path, { apiKey: null });
    expect(codeOf(answer)).toBe('403 forbidden');
    expect(errorIn(answer).hint).toMatch(/x-api-key/i);
  });

  test.each([
    ['a wrong', 'not-the-key-of-this-stack'],
    ['a cut', stack.api_key.slice(0, -1)],
    ['an empty', ''],
  ])('answers 403 forbidden to %s API key', async (_, apiKey) => {
    expect(codeOf(await callApi(method, path, { apiKey }))).toBe('403 forbidden');
  });

  test('answers something else to the right one', async () => {
    expect((await callApi(method, path)).status).not.toBe(403);
  });
});

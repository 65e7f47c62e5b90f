import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
it('has a stack', async () => {
  const stack = JSON.parse(readFileSync(process.env['STACK'] ?? '', 'utf8')) as { api_url: string };
  expect((await fetch(`${stack.api_url}/metadata`)).status).toBe(403);
});

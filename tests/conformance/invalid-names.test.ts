import { describe, expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { codeOf, errorIn } from './answers.ts';
import { callApi, type Answer } from './api-client.ts';
import { sendJson, upload } from './images-api.ts';

const RULES: readonly [rule: string, name: string, says: RegExp][] = [
  ['is empty', '', /empty/],
  ['is the image prefix alone', 'uploads/', /empty/],
  ['holds a line break', 'a\nb.bmp', /control/],
  ['holds a delete character', 'a\u007f.bmp', /control/],
  ['holds a control character beyond ASCII', 'a\u0085.bmp', /control/],
  ['ends in a slash', 'folder/', /slash/],
  ['is a dot', '.', /"\."/],
  ['is two dots', '..', /"\.\."/],
  ['begins with a dot segment', './a.bmp', /"\."/],
  ['climbs within', 'a/../b.bmp', /"\.\."/],
  ['ends in a dot segment', 'a/..', /"\.\."/],
  ['climbs behind the image prefix', 'uploads/../a.bmp', /"\.\."/],
  ['makes a key of 1,025 bytes', 'x'.repeat(1025 - 'uploads/'.length), /1025.*1024/],
  ['makes a key of fewer characters and more bytes', 'ñ'.repeat(509), /1026.*1024/],
];

describe.each(RULES)('a name that %s', (_, name, says) => {
  test('answers 400 invalid_name in the query', async () => {
    expectInvalidName(await upload(name, bmp()), says);
  });

  test('answers 400 invalid_name in a form', async () => {
    const body = new FormData();
    body.append('file', new File([bmp()], 'a.bmp'));
    // A form's fields have CR LF for a line break.
    body.append('name', name);
    expectInvalidName(await callApi('POST', '/images', { body }), says);
  });

  test('answers 400 invalid_name in JSON', async () => {
    expectInvalidName(await sendJson('/images', { name, data: bmp().toString('base64') }), says);
    expectInvalidName(
      await sendJson('/images/upload-url', { name, content_type: 'image/bmp', size: 5 }),
      says,
    );
  });
});

test('a lone surrogate, which only JSON can write, answers 400 invalid_name', async () => {
  const name = 'a\ud800.bmp';
  expectInvalidName(await sendJson('/images', { name, data: bmp().toString('base64') }), /surrogate/);
});

test('a name that makes a key of just 1,024 bytes is taken', async () => {
  const name = 'x'.repeat(1024 - 'uploads/'.length);
  const answer = await sendJson('/images/upload-url', { name, content_type: 'image/bmp', size: 5 });
  expect(answer.status).toBe(201);
});

function expectInvalidName(answer: Answer, says: RegExp): void {
  expect(codeOf(answer)).toBe('400 invalid_name');
  expect(errorIn(answer).error).toMatch(says);
}

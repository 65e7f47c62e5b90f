import { describe, expect, test } from '@jest/globals';
import { problemsOf } from './check-answer.ts';
import type { HttpAnswer } from './http.ts';

const RECORD = { method: 'GET', path: '/metadata/a.jpg', origin: 'https://a.example' };
const LISTING = { method: 'GET', path: '/metadata' };
const HEADERS = {
  'content-type': 'application/json',
  'x-request-id': 'one',
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': '*',
};
const IMAGE = {
  image_id: 'uploads/a.jpg',
  bucket: 'b',
  name: 'a.jpg',
  size: 0,
  url: 'http://b/a.jpg',
  content_type: 'text/plain',
  format: 'jpeg',
  etag: 'e',
  created_at: '2026-11-22T10:15:30.000Z',
  last_modified: '2026-11-22T10:15:30.000Z',
  updated_at: '2026-11-22T10:15:30.000Z',
};

/** Checks the check that every other test of this suite leans on: an answer against the contract must not pass. */
describe('an answer against the contract', () => {
  test('has no problem where all is well', () => {
    expect(problemsOf(notFound(), RECORD)).toEqual([]);
  });

  test.each([
    ['a field that the schema lacks', notFound({ body: { secret: 1 } })],
    ['a missing field', notFound({ body: { code: undefined } })],
    ['a field of another type', notFound({ body: { hint: 5 } })],
    ['a code that the contract does not have', notFound({ body: { code: 'no_such_code' } })],
    ['a request_id that is not the header', notFound({ body: { request_id: 'other' } })],
    ['a status that the operation does not document', { ...notFound(), status: 418 }],
    ['another content type', notFound({ headers: { 'content-type': 'text/html' } })],
    ['no x-request-id', notFound({ headers: { 'x-request-id': '' } })],
    ['no nosniff', notFound({ headers: { 'x-content-type-options': '' } })],
    [
      'an origin that is not allowed',
      notFound({ headers: { 'access-control-allow-origin': 'https://b.example' } }),
    ],
    ['a body that is not JSON', { ...notFound(), text: '<html>' }],
    ['a body under 304', { ...notFound(), status: 304 }],
    ['a success without its documented headers', page([])],
  ])('tells %s', (_, answer) => {
    expect(problemsOf(answer, RECORD)).not.toEqual([]);
  });

  test('tells null where the contract has none, and takes it where it has', () => {
    const image = { ...IMAGE, format: null };
    expect(problemsOf(page([image]), LISTING)).toEqual([]);
    expect(problemsOf(page([{ ...image, name: null }]), LISTING).join()).toMatch(/name/);
  });

  test('tells a success on a route that the contract does not have', () => {
    expect(problemsOf(page([]), { ...LISTING, path: '/metadatas' })).not.toEqual([]);
  });
});

function notFound({ body = {}, headers = {} }: { body?: object; headers?: object } = {}): HttpAnswer {
  const error = { error: 'Image not found', code: 'image_not_found', request_id: 'one', ...body };
  return { status: 404, headers: new Headers({ ...HEADERS, ...headers }), text: JSON.stringify(error) };
}

function page(items: object[]): HttpAnswer {
  const body = { items, count: items.length, next_cursor: null };
  return { status: 200, headers: new Headers(HEADERS), text: JSON.stringify(body) };
}

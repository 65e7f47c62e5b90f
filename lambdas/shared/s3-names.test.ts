import { describe, expect, test } from '@jest/globals';
import { nameProblem, objectUrl } from './s3-names.ts';

describe("an object's address", () => {
  test('is of virtual-host style on AWS, with the key percent-encoded', () => {
    expect(objectUrl('images', "uploads/año 1+1 50%/a!'()*.jpg", { AWS_REGION: 'eu-west-1' })).toBe(
      'https://images.s3.eu-west-1.amazonaws.com/uploads/a%C3%B1o%201%2B1%2050%25/a%21%27%28%29%2A.jpg',
    );
  });

  test('is of path style on an endpoint of its own', () => {
    expect(objectUrl('images', 'uploads/a//b', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/' })).toBe(
      'http://127.0.0.1:4566/images/uploads/a//b',
    );
  });
});

test('a key may have 1,024 bytes of UTF-8', () => {
  expect(nameProblem('ñ'.repeat(512))).toBeUndefined();
  expect(nameProblem(`${'ñ'.repeat(512)}a`)).toContain('1025 bytes');
});

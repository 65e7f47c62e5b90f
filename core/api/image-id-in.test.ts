import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { imageIdIn } from './image-id-in.ts';

test.each([
  ['/metadata/uploads/a.jpg', 'uploads/a.jpg'],
  ['/metadata/a%C3%B1o%201%2B1%2050%25.jpg', 'año 1+1 50%.jpg'],
  ['/metadata/a%2Fb', 'a/b'],
  ['/metadata/a//b/', 'a//b/'],
  ['/metadata/%2541', '%41'],
  ['/metadata/50%.jpg', '50%.jpg'],
  ['/metadata/100%zz', '100%zz'],
  ['/metadata/%FF', '%FF'],
  ['/metadata/1+1', '1+1'],
])('the id in %s is %s', (pathname, id) => {
  expect(imageIdIn(pathname, '/metadata/')).toBe(id);
});

test('the id in an encoded path is what was encoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (id) => {
      expect(imageIdIn(`/metadata/${encodeURIComponent(id)}`, '/metadata/')).toBe(id);
    }),
  );
});

import { describe, expect, test } from '@jest/globals';
import { isImageKey, nameProblem, toIdPrefix, toImageId } from './image-id.ts';

describe('an id', () => {
  test('gets the image prefix where it lacks it', () => {
    expect(toImageId('a.jpg', 'uploads/')).toBe('uploads/a.jpg');
    expect(toImageId('uploads/a.jpg', 'uploads/')).toBe('uploads/a.jpg');
    expect(toImageId('uploadsa.jpg', 'uploads/')).toBe('uploads/uploadsa.jpg');
  });

  test.each([
    ['', 'uploads/'],
    ['upl', 'uploads/'],
    ['uploads/', 'uploads/'],
    ['uploads/cats', 'uploads/cats'],
    ['cats/', 'uploads/cats/'],
  ])('as a prefix, "%s" means "%s"', (given, prefix) => {
    expect(toIdPrefix(given, 'uploads/')).toBe(prefix);
  });

  test('belongs to an image below the prefix, not to a folder marker', () => {
    expect(isImageKey('uploads/a', 'uploads/')).toBe(true);
    expect(isImageKey('uploads/a/', 'uploads/')).toBe(false);
    expect(isImageKey('other/a', 'uploads/')).toBe(false);
  });
});

describe('a name', () => {
  test.each([
    ['', 'empty'],
    ['a\nb', 'control character'],
    ['a\u0085', 'control character'],
    ['../a', 'segment'],
    ['a/./b', 'segment'],
    ['a/..', 'segment'],
    ['a/', 'slash'],
    ['a\ud800', 'surrogate'],
  ])('%j is refused, and the reason says so', (name, reason) => {
    expect(nameProblem(name)).toContain(reason);
  });

  test.each(['año 1+1 50%.jpg', 'a//b', '.hidden', '..a', '...', '/a', '🐈.png', '%2F', ' '])(
    '%j is welcome',
    (name) => {
      expect(nameProblem(name)).toBeUndefined();
    },
  );
});

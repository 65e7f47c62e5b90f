import { describe, expect, test } from '@jest/globals';
import { sniffFormat } from './sniff.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('the format of bytes', () => {
  test.each([
    ['jpeg', latin1('\xff\xd8\xff\xe0')],
    ['webp', latin1('RIFF\x10\0\0\0WEBPVP8X')],
    ['tiff', latin1('MM\0*\0\0\0\x08')],
    ['avif', latin1('\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf')],
    ['heic', latin1('\0\0\0\x18ftypmif1\0\0\0\0mif1heic')],
    ['ico', latin1('\0\0\x01\0\x01\0')],
    ['jxl', latin1('\xff\x0a\0')],
    ['jp2', latin1('\0\0\0\x0cjP  \r\n\x87\n')],
    ['psd', latin1('8BPS\0\x01')],
    ['svg', Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg width="1">')],
  ])('is %s by its signature', (format, bytes) => {
    expect(sniffFormat(bytes)).toBe(format);
  });

  test.each([
    ['a video of the same container', latin1('\0\0\0\x18ftypisom\0\0\0\0isommp41')],
    ['a page that holds an SVG', Buffer.from('<!doctype html><body><svg width="1">')],
    ['text that starts like a BMP', Buffer.from('BMW builds cars in Munich')],
    ['a RIFF that is no WebP', latin1('RIFF\x10\0\0\0WAVEfmt ')],
    ['a comment that never ends', Buffer.from('<!-- <svg>')],
    ['a signature that is cut', latin1('\x89PNG')],
    ['a box that is cut', latin1('\0\0\0\x18ftyp')],
  ])('is none for %s', (_, bytes) => {
    expect(sniffFormat(bytes)).toBeNull();
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { S3Error } from './errors.ts';
import { childText, readXml, type ReadElement } from './xml-reader.ts';
import { escapeXml } from './xml.ts';

const read = (text: string): ReadElement => readXml(Buffer.from(text, 'utf8'));

describe('a document', () => {
  test('is read as elements in order, without namespaces and attributes', () => {
    const root = read(
      `\ufeff<?xml version="1.0"?>\n<!-- of a client --><s3:Delete xmlns:s3="x"><Key a='1'>a</Key><Empty /></s3:Delete>\n`,
    );
    expect(root).toEqual({
      name: 'Delete',
      text: '',
      children: [
        { name: 'Key', text: 'a', children: [] },
        { name: 'Empty', text: '', children: [] },
      ],
    });
    expect([childText(root, 'Key'), childText(root, 'Other')]).toEqual(['a', undefined]);
  });

  test('has its references, CDATA and line ends decoded', () => {
    expect(read('<a>&lt;&amp;&quot;&#233;&#x1F98A;<![CDATA[<&>]]>\r\nñ</a>').text).toBe('<&"é🦊<&>\nñ');
  });

  test('gives back every text that was escaped', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((some) => !some.includes('\r'));
    fc.assert(fc.property(text, (some) => expect(read(`<a>${escapeXml(some)}</a>`).text).toBe(some)));
  });

  test.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a/>text',
    '<a>&nbsp;</a>',
    '<a>& b</a>',
    '<a>&#xD800;</a>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a><!-- </a>',
    '<a>'.repeat(100) + '</a>'.repeat(100),
  ])('that is malformed is refused: %j', (text) => {
    expect(() => read(text)).toThrow(new S3Error('MalformedXML').message);
  });

  test('of any bytes is read or refused', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .string({
          unit: fc.constantFrom(
            '<',
            '>',
            '/',
            'a',
            'b',
            '&',
            ';',
            '#',
            'x',
            '!',
            '-',
            '[',
            ']',
            '"',
            ' ',
            '=',
            '?',
          ),
        })
        .map((some) => Buffer.from(some)),
    );
    fc.assert(
      fc.property(bytes, (some) => {
        try {
          expect(readXml(some).name).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(S3Error);
        }
      }),
    );
  });
});

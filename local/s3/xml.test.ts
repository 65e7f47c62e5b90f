import { expect, test } from '@jest/globals';
import { escapeXml, S3_NAMESPACE, xmlDocument } from './xml.ts';

test('a document has its elements in the order given', () => {
  const xml = xmlDocument('Error', [
    ['Code', 'NoSuchKey'],
    ['Size', 5],
    ['IsTruncated', false],
    ['Owner', [['ID', 'x']]],
  ]);
  expect(xml).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<Error><Code>NoSuchKey</Code><Size>5</Size><IsTruncated>false</IsTruncated><Owner><ID>x</ID></Owner></Error>',
  );
});

test('a namespace belongs to the root', () => {
  expect(xmlDocument('A', '', S3_NAMESPACE)).toContain(`<A xmlns="${S3_NAMESPACE}"></A>`);
});

test('markup and control characters can not break out of an element', () => {
  expect(escapeXml(`a<b>&"c"'\u0001\r\u007f\uffff`)).toBe(
    "a&lt;b&gt;&amp;&quot;c&quot;'&#x1;&#xd;&#x7f;&#xffff;",
  );
});

test('lines, tabs and letters of every script stay as they are', () => {
  expect(escapeXml('año\t🦊\n日本')).toBe('año\t🦊\n日本');
});

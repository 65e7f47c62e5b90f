import { afterEach, describe, expect, test } from '@jest/globals';
import { imagePrefixSetting, listSetting, numberSetting, oneOfSetting, setting } from './config.ts';

const NAME = 'IMAGE_PREFIX';
const before = process.env[NAME];
afterEach(() => {
  if (before === undefined) Reflect.deleteProperty(process.env, NAME);
  else process.env[NAME] = before;
});

describe('a setting', () => {
  test('that is missing or empty throws, and says its name', () => {
    Reflect.deleteProperty(process.env, NAME);
    expect(() => setting(NAME)).toThrow(NAME);
    process.env[NAME] = '';
    expect(() => setting(NAME)).toThrow(NAME);
  });

  test('of the wrong kind throws, and says what it must be', () => {
    process.env[NAME] = 'uploads';
    expect(() => imagePrefixSetting()).toThrow('slash');
    expect(() => numberSetting(NAME)).toThrow('number');
    expect(() => oneOfSetting(NAME, ['include', 'exclude'])).toThrow('include or exclude');
  });

  test('of the right kind is its value', () => {
    process.env[NAME] = 'uploads/';
    expect(imagePrefixSetting()).toBe('uploads/');
    expect(oneOfSetting(NAME, ['a', 'uploads/'])).toBe('uploads/');
    process.env[NAME] = 'https://a.example, https://b.example';
    expect(listSetting(NAME)).toEqual(['https://a.example', 'https://b.example']);
    process.env[NAME] = '4096';
    expect(numberSetting(NAME)).toBe(4096);
  });
});

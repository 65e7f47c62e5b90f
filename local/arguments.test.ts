import { describe, expect, it } from '@jest/globals';
import { parseArguments } from './arguments.ts';

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(parseArguments([])).toEqual({ port: 3000, data: '.local', reset: false, help: false });
  });

  it('takes each option', () => {
    const argv = ['--port', '0', '--data', 'C:\\Users\\José\\mis datos', '--reset'];
    expect(parseArguments(argv)).toEqual({
      port: 0,
      data: 'C:\\Users\\José\\mis datos',
      reset: true,
      help: false,
    });
    expect(parseArguments(['--port=65533', '--help'])).toMatchObject({ port: 65_533, help: true });
  });

  it.each([
    [['--prt', '3000'], /^Unknown option '--prt': the options are --port NUMBER, /],
    [['3000'], /^Unexpected argument '3000'/],
    [['--port'], /^Option '--port <value>' argument missing: the options are/],
    [['--reset=yes'], /^Option '--reset' does not take an argument: the options are/],
    [['--port', 'http'], /^--port takes a number from 0 to 65533, as in --port 3000, and not "http"\.$/],
    [['--port', '65534'], /^--port takes a number from 0 to 65533/],
    [['--port', '-1'], /^Option '--port' argument is ambiguous/],
    [['--port=-1'], /^--port takes a number from 0 to 65533/],
    [['--port', '1e3'], /^--port takes a number/],
    [['--data', ''], /^--data takes a folder/],
  ])('refuses %j in one sentence', (argv, sentence) => {
    let message = '';
    try {
      parseArguments(argv);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(sentence);
    expect(message).not.toContain('\n');
  });
});

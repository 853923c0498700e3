import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../bin/errors.ts';
import { shellWords } from '../../../bin/verify/shell-words.ts';

const wordsOf = (text: string) =>
  shellWords(Buffer.from(text)).map((word) => Buffer.from(word, 'latin1').toString('utf8'));

describe('the words of a shell', () => {
  it.each([
    ['a  b\tc'],
    [`'single $HOME \\n "quotes"' "double 'quotes'"`],
    [`"a \\"b\\" \\\\ \\$ \\\` \\n c"`],
    [`it''s "joi"'ned'\\ up`],
    ['a\\\nb \\\n  c'],
    [`"two\\\nlines" 'two\nlines'`],
    [`'' "" x`],
    [`a'b'"c"\\d`],
    ['price$ 5$ "$"'],
    [`caf\u00e9 '\u{1f600}' "\u00e9"`],
    ['{"a":1} [x]=~y'],
    ['a#b # a comment'],
  ])('are those that sh makes of %j', (text) => {
    const told = execFileSync('sh', ['-c', `printf '%s\\0' ${text}`], { cwd: '/dev' }).toString();

    expect(wordsOf(text)).toEqual(told.split('\0').slice(0, -1));
  });

  it.each([
    [`$'a\\'b\\\\c\\n\\t'`, `a'b\\c\n\t`],
    [`$'\\u00e9\\x21\\041\\u20ac!'`, 'é!!€!'],
    [`$'\\ud83d\\ude00'`, '\u{1f600}'],
    [`$'\\U0001f600'x`, '\u{1f600}x'],
    [`$'\\q\\cA\\e'`, '\\q\x01\x1b'],
    [`$'\\xc3\\xa9'`, 'é'],
    [`$'\\u0041BC'`, 'ABC'],
  ])('know $ and single quotes: %j', (text, word) => {
    expect(wordsOf(text)).toEqual([word]);
  });

  it('keep bytes that are no text', () => {
    expect(shellWords(Buffer.from([0x27, 0xff, 0x00, 0x27]))).toEqual(['\xff\x00']);
  });

  it.each(['curl a\ncurl b', 'curl a; ls', 'curl a | jq', '\n\n# first\ncurl a &', 'curl a > out', '\r\ncurl a\r\n'])(
    'end with the first command: %j',
    (text) => {
      expect(wordsOf(text)).toEqual(['curl', 'a']);
    },
  );

  it.each([
    [`'no end`, 'has no end'],
    [`"no end \\"`, 'has no end'],
    [`$'no end`, 'has no end'],
    ['a \\', 'has no end'],
    ['-d "$BODY"', "'$BODY' is known to a running shell only"],
    ['-d $' + '{BODY}', 'running shell only'],
    ['-d "`date`"', "'`' is known to a running shell only"],
    ['-d $(date)', "'$(' is known"],
  ])('are refused where they can not be known: %j', (text, message) => {
    expect(() => shellWords(Buffer.from(text))).toThrow(UsageError);
    expect(() => shellWords(Buffer.from(text))).toThrow(message);
  });
});

import { UsageError } from '../errors.ts';

/**
 * The words of the first command in a shell's text, by the rules of POSIX quoting and of `$'...'`. Each is its bytes,
 * one character a byte (latin1): what is pasted may be no text.
 * @throws {UsageError} for a quote without its end, and for what only a running shell knows: variables and commands.
 */
export function shellWords(text: Uint8Array): string[] {
  const source = Buffer.from(text).toString('latin1').replaceAll('\r\n', '\n');
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  const take: Take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    at += match?.[0].length ?? 0;
    return match;
  };
  while (at < source.length) {
    if (take(/\\\n/y) !== null || (word === undefined && take(/#[^\n]*/y) !== null)) continue;
    const blank = take(/[ \t]+/y);
    const end = blank ?? take(/[\n;|&<>()]/y);
    if (end === null) {
      word = (word ?? '') + pieceOf(take, source.slice(at, at + 20));
      continue;
    }
    if (word !== undefined) words.push(word);
    word = undefined;
    if (blank === null && words.length > 0) break;
  }
  return word === undefined ? words : [...words, word];
}

type Take = (pattern: RegExp) => RegExpExecArray | null;

function pieceOf(take: Take, rest: string): string {
  const plain = take(/[^\s'"\\$`;|&<>()]+/y);
  if (plain !== null) return plain[0];
  const single = take(/'([^']*)'/y);
  if (single !== null) return single[1] ?? '';
  const ansi = take(/\$'((?:[^'\\]|\\.)*)'/sy);
  if (ansi !== null) return unescaped(ansi[1] ?? '');
  const double = take(/\$?"((?:[^"\\]|\\.)*)"/sy);
  if (double !== null) return withoutExpansions(double[1] ?? '').replace(/\\([$`"\\\n])/g, keptOrJoined);
  const escaped = take(/\\(.)/sy);
  if (escaped !== null) return escaped[1] ?? '';
  if (/^(\$?['"]|\\$)/.test(rest)) throw new UsageError('A quote or a backslash has no end: paste the whole command.');
  withoutExpansions(rest);
  // A dollar sign that begins nothing, or a blank of another alphabet.
  return take(/./sy)?.[0] ?? '';
}

/** @throws {UsageError} naming the variable. */
function withoutExpansions(text: string): string {
  const [found] = /(?<!\\)(?:\\\\)*(?:`|\$(?:[A-Za-z_]\w*|[{(\d@*#?$!-]))/.exec(text) ?? [];
  if (found === undefined) return text;
  throw new UsageError(`'${found}' is known to a running shell only: write out what it stands for.`);
}

const keptOrJoined = (_: string, character: string) => (character === '\n' ? '' : character);

const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What stands between `$'` and `'`. */
function unescaped(text: string): string {
  const escapes =
    /\\(?:u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})|[uU]([\da-fA-F]{1,8})|x([\da-fA-F]{1,2})|([0-7]{1,3})|c(.)|(.))/gs;
  return text.replace(escapes, (whole, high, low, point, byte, octal, control, other) => {
    // Browsers paste what lies beyond \uffff as its two halves.
    if (high !== undefined) return bytesOf(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)));
    if (point !== undefined) return codePoint(whole, point);
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 0x1f);
    return controls[other] ?? (/['"\\?]/.test(other) ? other : whole);
  });
}

/** `\u` takes four digits, `\U` eight; what follows them is text. */
function codePoint(whole: string, digits: string): string {
  const used = whole.startsWith('\\u') ? digits.slice(0, 4) : digits;
  const code = Number.parseInt(used, 16);
  return (code > 0x10ffff ? whole : bytesOf(String.fromCodePoint(code))) + digits.slice(used.length);
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

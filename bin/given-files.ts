import { readFileSync } from 'node:fs';
import { UsageError } from './errors.ts';

/**
 * The bytes of a file that was named.
 * @throws {UsageError} where there are none to be had.
 */
export function readGiven(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`${path} can't be read (${code}). Name a file that can.`);
  }
}

/**
 * The secret in a file, without the line break at its end, which is an editor's. No message quotes it.
 * @throws {UsageError} where it is empty.
 */
export function readSecret(path: string): string {
  const secret = readGiven(path)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (secret.trim() === '') throw new UsageError(`${path} is empty. Put the secret into it.`);
  return secret;
}

/**
 * Headers by their names in lower case, of lines like `Name: value`; a doubled one is joined by a comma, as a receiver
 * gets it.
 * @throws {UsageError} for a line that is none.
 */
export function headersOf(lines: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+)\s*:(.*)$/s.exec(line.trim()) ?? [];
    if (name === undefined) throw new UsageError(`A header is no 'Name: value': ${line.split(/[\s:]/)[0]}... Mend it.`);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value.trim() : `${before},${value.trim()}`);
  }
  return Object.fromEntries(headers);
}

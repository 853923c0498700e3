import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { SignatureScheme } from '../../functions/contract/signature-scheme.ts';
import { type SchemeEntry, schemes } from '../../functions/signatures/schemes.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The rows of the table whose header begins so, cell by cell. */
function rowsOf(header: string): string[][] {
  const lines = readme.slice(readme.indexOf(header)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  const cells = (line: string) => line.split('|').slice(1, -1);
  return lines.slice(2, end).map((line) => cells(line).map((cell) => cell.trim()));
}

function rowOf({ name, secretForm, toleranceSeconds, repeats, accepted }: SignatureScheme): string[] {
  const time = toleranceSeconds === 0 ? '-' : `${toleranceSeconds} s`;
  return [`\`${name}\``, secretForm, time, repeatTold(repeats), answerTold(accepted)];
}

function repeatTold(repeats: SignatureScheme['repeats']): string {
  if (repeats.by === 'body') return 'an id in the body';
  if (repeats.by === 'hash') return 'the same body, for five minutes';
  const headers = repeats.headers.map((name) => `\`${name}\``).join(' or ');
  return repeats.signed ? `${headers}, signed` : `${headers}, with the same body`;
}

function answerTold(accepted: SignatureScheme['accepted']): string {
  if (accepted === undefined) return '202';
  // An envelope round an `Ack` is told by its kind.
  if (accepted.body.length > 40) return `${accepted.statusCode}, ${accepted.contentType}`;
  return accepted.body === '' ? `${accepted.statusCode}` : `${accepted.statusCode} \`${accepted.body}\``;
}

it('the README tells of every scheme what it needs, in their order', () => {
  const entries: readonly SchemeEntry[] = Object.values(schemes);
  const options = { certificates: { download: async () => undefined, authorities: () => [] } };

  expect(rowsOf('| Scheme | The secret is')).toEqual(entries.map(({ create }) => rowOf(create(options))));
});

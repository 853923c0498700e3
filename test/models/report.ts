import Table from 'cli-table3';
import { type Compared, isFailure, type Verdict } from './compare.ts';
import type { Played } from './play/play.ts';

const words: Readonly<Record<Verdict, string>> = {
  same: 'yes',
  known: 'known difference',
  unlearnt: 'YES: NO DIFFERENCE ANY MORE',
  differs: 'NO',
  'not run': 'not run',
};

/** One line a case, and what is known of the differences; `real`: what the model is held against. */
export function reportOf(real: string, compared: readonly Compared[]): string {
  const style = { head: [], border: [], compact: true };
  const table = new Table({ head: ['case', 'model', real, 'same'], style });
  for (const one of compared) table.push([one.name, textOf(one.model), textOf(one.real), words[one.verdict]]);
  const known = compared.flatMap((one) => (one.verdict === 'known' && one.known !== undefined ? [one.known] : []));
  const lines = known.map(({ name, right, source }) => `- ${name}\n  ${right}\n  ${source}`);
  const differences = lines.length === 0 ? [] : [`What is right where they are known to differ:\n${lines.join('\n')}`];
  return [table.toString(), ...differences, countsOf(compared)].join('\n\n');
}

function countsOf(compared: readonly Compared[]): string {
  const counted = (verdict: Verdict) => compared.filter((each) => each.verdict === verdict).length;
  const failed = compared.filter(isFailure).length;
  return (
    `${compared.length} cases: ${counted('same')} the same, ${counted('known')} known differences, ${failed} failed, ` +
    `${counted('not run')} not run.`
  );
}

function textOf(played: Played | undefined): string {
  if (played === undefined) return 'needs minutes: --slow';
  if (played === 'as documented') return played;
  const { step, call, gives, why } = played;
  return `step ${step}, ${call}: ${gives}${why === undefined ? '' : ` (${why})`}`;
}

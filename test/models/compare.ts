import type { KnownDifference } from './known-differences.ts';
import type { Played } from './play/play.ts';

/** `known`: one side is wrong, and we know it; `unlearnt`: we think so, and it is wrong no more. */
export type Verdict = 'same' | 'known' | 'unlearnt' | 'differs' | 'not run';

export interface Compared {
  readonly name: string;
  readonly model: Played;
  /** What the model is held against; undefined where it was not played there. */
  readonly real: Played | undefined;
  readonly verdict: Verdict;
  readonly known: KnownDifference | undefined;
}

/** Judges one case; `ofModel` and `ofReal` are all that is known to be wrong on each side. */
export function compare(
  { name, model, real }: Pick<Compared, 'name' | 'model' | 'real'>,
  ofModel: readonly KnownDifference[],
  ofReal: readonly KnownDifference[],
): Compared {
  const named = (known: KnownDifference) => known.name === name;
  const [knownOfModel, knownOfReal] = [ofModel.find(named), ofReal.find(named)];
  const verdicts = [verdictOf(model, knownOfModel), verdictOf(real, knownOfReal)];
  const verdict = gravest.find((one) => verdicts.includes(one)) ?? 'same';
  return { name, model, real, verdict, known: knownOfModel ?? knownOfReal };
}

const gravest: readonly Verdict[] = ['differs', 'unlearnt', 'not run', 'known'];

function verdictOf(played: Played | undefined, known: KnownDifference | undefined): Verdict {
  if (played === undefined) return 'not run';
  if (played === 'as documented') return known === undefined ? 'same' : 'unlearnt';
  return played.step === known?.step && played.gives === known.gives ? 'known' : 'differs';
}

/** Whether a case came otherwise than it should, on either side. */
export function isFailure({ verdict }: Compared): boolean {
  return verdict === 'differs' || verdict === 'unlearnt';
}

import type { Refusal, SystemName } from '../systems/system.ts';
import type { Random } from './random.ts';

/** Whether a call without an answer is carried out, and when: before we gave up, or within the minute after. */
export type Done = 'never' | 'before' | 'late';

/** What becomes of one call. */
export type Fault =
  | {
      readonly kind: 'refused';
      readonly as: Refusal;
      readonly done?: boolean;
      readonly retryAfterSeconds?: number;
      /** Of a call for several records, it is these alone that are refused. */
      readonly only?: ReadonlySet<number>;
    }
  | { readonly kind: 'silence'; readonly done: Done }
  | { readonly kind: 'reset'; readonly done: Done }
  | { readonly kind: 'slow'; readonly ms: number };

/** For a while, some calls to a system go wrong. */
export interface Spell {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly system?: SystemName;
  /** Absent: all calls, the probe too. */
  readonly operations?: readonly string[];
  /** Only calls for these source records. */
  readonly records?: ReadonlySet<number>;
  readonly share: number;
  /** On for `onMs`, then off for `offMs`, over and over. */
  readonly period?: { readonly onMs: number; readonly offMs: number };
  fault(random: Random): Fault;
}

export interface Call {
  readonly system: SystemName;
  readonly operation: string;
  readonly records: readonly number[];
  readonly atMs: number;
}

/** The spells of one run: the first one that hits a call decides about it. */
export class Weather {
  #spells: readonly Spell[];
  readonly #random: Random;

  constructor(spells: readonly Spell[], random: Random) {
    this.#spells = spells;
    this.#random = random;
  }

  faultOf(call: Call): Fault | undefined {
    for (const spell of this.#spells) {
      if (!covers(spell, call) || !this.#random.chance(spell.share)) continue;
      const fault = spell.fault(this.#random);
      return fault.kind === 'refused' && spell.records !== undefined ? { ...fault, only: spell.records } : fault;
    }
    return undefined;
  }

  /** The sun comes out, for good. */
  clear(): void {
    this.#spells = [];
  }
}

function covers(spell: Spell, { system, operation, records, atMs }: Call): boolean {
  if (atMs < spell.fromMs || atMs >= spell.toMs) return false;
  if (spell.system !== undefined && spell.system !== system) return false;
  if (spell.operations !== undefined && !spell.operations.includes(operation)) return false;
  if (spell.records !== undefined && !records.some((record) => spell.records?.has(record))) return false;
  if (spell.period === undefined) return true;
  const { onMs, offMs } = spell.period;
  return (atMs - spell.fromMs) % (onMs + offMs) < onMs;
}

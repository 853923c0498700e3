import type { Refusal, SystemName } from '../../simulation/systems/system.ts';

/** What is done to a system. Records are known by the order in which their ids are first seen: `{1}`, `{2}`. */
export type Act =
  /** A call as our connector makes it. `refused`: the system refuses it so, and does nothing. */
  | {
      readonly do: 'call';
      readonly method: 'GET' | 'POST' | 'PATCH';
      readonly path: string;
      readonly fields?: Readonly<Record<string, string | null>>;
      /** Stripe's idempotency key. @default a new one */
      readonly key?: string;
      /** What is sent as JSON instead of fields. */
      readonly body?: unknown;
      readonly refused?: Refusal;
      /** Only this one is refused, of several in one call: it holds this text. */
      readonly refusedRecord?: string;
      readonly signedOut?: true;
    }
  /** People make a record, and delete it. */
  | { readonly do: 'make'; readonly fields: Readonly<Record<string, string>> }
  | { readonly do: 'delete'; readonly record: string }
  | { readonly do: 'wait'; readonly hours: number };

export interface SystemStep {
  readonly act: Act;
  /** The status, and what our connector reads of the answer. */
  readonly gives: string;
}

export interface SystemCase {
  readonly system: SystemName;
  readonly name: string;
  readonly steps: readonly SystemStep[];
}

type Call = Omit<Extract<Act, { do: 'call' }>, 'do'>;

export const call = (what: Call, gives: string): SystemStep => ({ act: { do: 'call', ...what }, gives });
export const make = (fields: Readonly<Record<string, string>>): SystemStep => ({
  act: { do: 'make', fields },
  gives: '',
});
export const remove = (record: string): SystemStep => ({ act: { do: 'delete', record }, gives: '' });
export const wait = (hours: number): SystemStep => ({ act: { do: 'wait', hours }, gives: '' });

import type { Expected } from '../../../functions/contract/state-table.ts';

/** One call of a script. Messages are known by their bodies: `a1` is the first of group `a`. */
export type Call =
  | { readonly do: 'send'; readonly group: string; readonly body: string; readonly deduplicationId: string }
  | { readonly do: 'receive'; readonly most: number }
  | { readonly do: 'receive-dead' }
  /** Receipt handles: `a1` the last one, `a1#1` that of the first receive, `unknown` none that was ever given out. */
  | { readonly do: 'hand-back'; readonly of: readonly string[]; readonly seconds: number }
  | { readonly do: 'settle'; readonly of: readonly string[] }
  | { readonly do: 'park'; readonly of: string; readonly generation: number }
  | { readonly do: 'sent-times'; readonly of: string }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'get'; readonly key: string }
  | { readonly do: 'get-many'; readonly keys: readonly string[] }
  | { readonly do: 'put'; readonly key: string; readonly value: unknown; readonly keptSeconds?: number }
  | { readonly do: 'put-many'; readonly keys: readonly string[]; readonly value: unknown }
  /** `times`: so often at the same time. */
  | {
      readonly do: 'replace';
      readonly key: string;
      readonly expected: Expected;
      readonly value: unknown;
      readonly times: number;
    }
  | { readonly do: 'remove'; readonly key: string; readonly generation: number }
  /** Powertools' put of a lock; `runsMs`: the time that the function has left. */
  | {
      readonly do: 'lock';
      readonly key: string;
      readonly runsMs: number;
      readonly keptSeconds: number;
      readonly times: number;
    }
  | { readonly do: 'complete'; readonly key: string; readonly result: string; readonly keptSeconds: number }
  | { readonly do: 'unlock'; readonly key: string }
  | { readonly do: 'look'; readonly key: string };

/** A call, and what comes of it by the documentation: a short text. */
export interface Step {
  readonly call: Call;
  readonly gives: string;
}

/** A queue of a case's own, with its dead letters: FIFO, high throughput. */
export interface QueueOptions {
  /** @default 30 */
  readonly visibilitySeconds?: number;
  /** The receives that the redrive allows. @default 1000 */
  readonly maxReceiveCount?: number;
}

/** One thing that SQS or DynamoDB does, told in calls. */
export interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Where it needs a queue; the table is there for all. */
  readonly queue?: QueueOptions;
  /** It waits for minutes. */
  readonly slow?: true;
}

const step = (call: Call, gives: string): Step => ({ call, gives });

/** Sends to the group that the body begins with; `as`: under this deduplication id. */
export const send = (body: string, { as = body, group = body.slice(0, 1), gives = 'new' } = {}): Step =>
  step({ do: 'send', group, body, deduplicationId: as }, gives);

/** `a1×2 b1×1`: bodies with their receive counts, in order inside a group; between groups SQS promises none. */
export const receive = (gives = 'nothing', most = 10): Step => step({ do: 'receive', most }, gives);

/** The same of the dead letters, each with `(same id)` where it is the message that was sent, moved. */
export const receiveDead = (gives: string): Step => step({ do: 'receive-dead' }, gives);

export const handBack = (of: string, seconds: number, gives = 'done'): Step =>
  step({ do: 'hand-back', of: words(of), seconds }, gives);

export const settle = (of: string, gives = 'done'): Step => step({ do: 'settle', of: words(of) }, gives);

/** Sends a dead letter; its event is called as its body is. */
export const park = (of: string, generation: number): Step => step({ do: 'park', of, generation }, 'done');

/** Whether every receive told the same time of sending, and the right one. */
export const sentTimes = (of: string, gives: string): Step => step({ do: 'sent-times', of }, gives);

export const wait = (seconds: number): Step => step({ do: 'wait', seconds }, 'done');

/** `"value" g3`: the value as JSON, and the generation. */
export const get = (key: string, gives: string): Step => step({ do: 'get', key }, gives);

/** By their keys; between keys DynamoDB promises no order. */
export const getMany = (keys: string, gives: string): Step => step({ do: 'get-many', keys: words(keys) }, gives);

export const put = (key: string, value: unknown, keptSeconds?: number): Step =>
  step({ do: 'put', key, value, keptSeconds }, 'done');

export const putMany = (keys: string, value: unknown): Step =>
  step({ do: 'put-many', keys: words(keys), value }, 'done');

export const replace = (key: string, expected: Expected, value: unknown, gives: string, times = 1): Step =>
  step({ do: 'replace', key, expected, value, times }, gives);

export const remove = (key: string, generation: number): Step => step({ do: 'remove', key, generation }, 'done');

export const lock = (key: string, gives: string, { runsMs = 60_000, keptSeconds = 3_600, times = 1 } = {}): Step =>
  step({ do: 'lock', key, runsMs, keptSeconds, times }, gives);

export const complete = (key: string, result: string, keptSeconds = 3_600): Step =>
  step({ do: 'complete', key, result, keptSeconds }, 'done');

export const unlock = (key: string): Step => step({ do: 'unlock', key }, 'done');

/** The record's status, and what it keeps of the result. */
export const look = (key: string, gives: string): Step => step({ do: 'look', key }, gives);

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

import type { DeadLetter } from '../../functions/contract/delivery.ts';
import type { ParkedStatus } from '../../functions/contract/parked.ts';
import type { ParkingAct } from './plan.ts';

/** One end of an HTTP call, as the trace tells it. */
export interface CallFacts {
  readonly call: number;
  readonly system: string;
  readonly operation: string;
  readonly container: number;
  readonly correlationId: string;
  readonly trafficClass: string;
}

/** What can happen in a run; the checker judges by these alone. */
export type Happening =
  /** People changed a record at the source. */
  | { readonly kind: 'changed'; readonly record: number; readonly version: number }
  | { readonly kind: 'deleted'; readonly record: number; readonly system: string; readonly id: string }
  /** The queue took an event. */
  | { readonly kind: 'queued'; readonly event: string; readonly record: number; readonly messageId: string }
  | {
      readonly kind: 'received';
      readonly event: string;
      readonly record: number;
      readonly messageId: string;
      readonly receiveCount: number;
      readonly container: number;
    }
  | { readonly kind: 'handed-back'; readonly messageIds: readonly string[]; readonly waitSeconds: number }
  /** Deleted from the queue: done with. */
  | { readonly kind: 'removed'; readonly messageIds: readonly string[] }
  /** Sent to the dead letters; `swallowed`: SQS knew it already. */
  | {
      readonly kind: 'dead-letter';
      readonly event: string;
      readonly record: number;
      readonly generation: number;
      readonly messageId: string;
      readonly letter: DeadLetter;
      readonly swallowed: boolean;
    }
  /** The queue's own redrive took it. */
  | { readonly kind: 'redriven'; readonly event: string; readonly messageId: string }
  /** A batch of dead letters was handed over. */
  | { readonly kind: 'parking'; readonly events: readonly string[]; readonly container: number }
  /** A key's list of parked events was written. */
  | {
      readonly kind: 'listed';
      readonly record: number;
      readonly events: readonly string[];
      readonly halts: boolean;
      readonly due: boolean;
    }
  /** The highest version that was claimed of a record. */
  | { readonly kind: 'claimed'; readonly record: number; readonly version: number }
  /** Stored in the parked table, or moved there to another status. */
  | {
      readonly kind: 'parked';
      readonly event: string;
      readonly record: number;
      readonly generation: number;
      readonly status: ParkedStatus;
      readonly from: ParkedStatus | undefined;
    }
  /** Sent back into its queue; `swallowed`: SQS knew it already. */
  | {
      readonly kind: 'released';
      readonly event: string;
      readonly record: number;
      readonly generation: number;
      readonly messageId: string;
      readonly swallowed: boolean;
    }
  /** An operator gives a command, once more where the process died, or is done with it. */
  | {
      readonly kind: 'operator';
      readonly process: number;
      readonly act: ParkingAct;
      readonly of: string;
      readonly came: 'begun' | 'again' | 'done' | 'failed';
    }
  /** All is at rest, and yet an event is on its way back into its queue, or ought to be. */
  | { readonly kind: 'stuck'; readonly event: string }
  /** All is at rest; operators mend what is broken, and release what is parked. */
  | { readonly kind: 'mended' }
  | { readonly kind: 'told'; readonly container: number; readonly text: string; readonly event: string | undefined }
  | ({ readonly kind: 'call' } & CallFacts)
  /** The system did what was asked, or refused it; `late`: we had given up waiting. */
  | ({ readonly kind: 'served'; readonly status: number; readonly late: boolean } & CallFacts)
  | ({
      readonly kind: 'answered';
      readonly result: string;
      readonly fault: string | undefined;
      readonly retryAfter: string | undefined;
    } & CallFacts)
  /** The destination record of a source record now holds this version of it. */
  | { readonly kind: 'applied'; readonly record: number; readonly id: string; readonly version: number }
  | { readonly kind: 'created'; readonly record: number; readonly id: string }
  | { readonly kind: 'breaker'; readonly system: string; readonly state: 'open' | 'closed'; readonly probe: boolean }
  | { readonly kind: 'held'; readonly flow: string; readonly reason: string | undefined }
  /** A run of `refresh-token`: begun, or what it came to. */
  | { readonly kind: 'refresh'; readonly container: number; readonly came: string; readonly scheduled: boolean }
  /** A container took the right to ask a system whose day's calls are spent. */
  | { readonly kind: 'budget-probe'; readonly container: number; readonly system: string }
  | { readonly kind: 'our-fault'; readonly what: string; readonly container: number }
  | { readonly kind: 'crashed'; readonly container: number; readonly why: string; readonly during: string }
  | { readonly kind: 'invocation-failed'; readonly container: number; readonly error: string }
  | { readonly kind: 'weather'; readonly text: string };

export type Entry = { readonly atMs: number } & Happening;

/** What happened, in order of time. */
export class Trace {
  readonly entries: Entry[] = [];
  readonly #now: () => number;
  readonly #watchers: ((entry: Entry) => void)[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  add(happening: Happening): void {
    const entry = { atMs: this.#now(), ...happening };
    this.entries.push(entry);
    for (const watcher of this.#watchers) watcher(entry);
  }

  watch(watcher: (entry: Entry) => void): void {
    this.#watchers.push(watcher);
  }

  of<Kind extends Entry['kind']>(kind: Kind): Extract<Entry, { kind: Kind }>[] {
    return this.entries.filter((entry): entry is Extract<Entry, { kind: Kind }> => entry.kind === kind);
  }
}

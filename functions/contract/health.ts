import type { Expected } from './state-table.ts';

/** Why calls to a system are held back. `operator`: somebody paused it. */
export type OpenReason = 'failures' | 'auth' | 'operator';

/** The state of one system's circuit breaker, shared by all containers. */
export type BreakerState =
  | { readonly state: 'closed'; readonly generation: number }
  | {
      readonly state: 'open';
      readonly reason: OpenReason;
      /** Unix milliseconds. */
      readonly openedMs: number;
      /** When the next probe is due, Unix milliseconds; never for an operator's hold. */
      readonly probeMs: number;
      readonly generation: number;
    };

/** The last answers that an operation gave: the newest, and the newest for another key than that. */
export interface Answer {
  readonly key: string;
  readonly ok: boolean;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** What all containers know together of how systems do. Writes are conditional on what was seen. */
export interface HealthStore {
  readBreaker(system: string): Promise<BreakerState>;
  /** Replaces the state if its generation is still the one seen, and answers whether it was. */
  replaceBreaker(system: string, seen: BreakerState, next: BreakerState): Promise<boolean>;
  /** The last answers of an operation, newest first, of at most two keys. */
  readAnswers(operation: string): Promise<readonly Answer[]>;
  noteAnswer(operation: string, answer: Answer): Promise<void>;
  /** Whether a flow is held, and why. */
  readHold(flow: string): Promise<Hold>;
  /** Replaces the switch if it is as it was seen, and answers whether it was. */
  replaceHold(flow: string, seen: Hold, next: Omit<Hold, 'generation'>): Promise<boolean>;
}

/** A flow's switch, and the refusals that may throw it. */
export interface Hold {
  /** Why the flow is held; undefined while it runs. */
  readonly reason: string | undefined;
  /** Refusals for good by one code in a row: since when, and of which keys. */
  readonly refused: { readonly code: string; readonly sinceMs: number; readonly keys: readonly string[] } | undefined;
  /** What a conditional write over it expects. */
  readonly generation: Expected;
}

import type { IncomingEvent, Unreadable } from './webhook-reader.ts';

/** One event as EventBridge hands it over. */
export interface BridgedEvent {
  /** The partner source that it is of: `aws.partner/stripe.com/ed_123`. */
  readonly source: string;
  /** What the partner sent. An integer that a number can't hold is the text of its digits. */
  readonly detail: unknown;
}

/**
 * Told to have changed without being named: nobody can re-read what he does not know. Where a flow wants one of these
 * types, somebody must compare all records. `unnamed` says what happened, without values.
 */
export interface Unnamed {
  readonly unnamed: string;
  readonly types: readonly string[];
}

type Told = IncomingEvent | Unreadable | Unnamed;

/** Takes an event of a bus apart: into one, or into several where it tells of several records. Never throws. */
export type BridgeReader = (event: BridgedEvent) => Told | readonly Told[];

import type { DeadLetter } from './delivery.ts';

/**
 * What has become of a parked event. `parked`: waits for an operator. `waiting`: only stands behind a parked event of
 * its key. `releasing`: back in the queue, until delivery settles it. The others are settled: `delivered`, `superseded`
 * by a later state of its record, `discarded` by an operator, `erased` with its key.
 */
export const parkedStatuses = [
  'parked',
  'waiting',
  'releasing',
  'delivered',
  'superseded',
  'discarded',
  'erased',
] as const;

export type ParkedStatus = (typeof parkedStatuses)[number];

/** Somebody, or some delivery, has yet to see to it. */
export const unsettledStatuses = ['parked', 'waiting', 'releasing'] as const satisfies readonly ParkedStatus[];

export function isSettled(status: ParkedStatus): boolean {
  return !unsettledStatuses.some((unsettled) => unsettled === status);
}

/** An event that left its queue without being delivered; known by its flow and event id. */
export interface ParkedEvent {
  readonly flow: string;
  readonly eventId: string;
  /** The entity key; undefined for what was no message of ours. */
  readonly subject: string | undefined;
  readonly eventType: string | undefined;
  /** The queue's message group, for the way back. */
  readonly groupId: string;
  /** 1 when it was parked first, and one more each time that a release failed. */
  readonly generation: number;
  readonly status: ParkedStatus;
  readonly letter: DeadLetter;
  /** When it was sent to the dead letters last, Unix milliseconds. */
  readonly parkedMs: number;
  /** When it was settled, Unix milliseconds. */
  readonly settledMs: number | undefined;
  /** What the operator said, for one that was discarded. */
  readonly note: string | undefined;
  /** How large its data is, in bytes, where that is in the bucket and not in its message. */
  readonly dataBytes?: number | undefined;
}

/** With the message as it was in the queue, which a settled event no longer has. */
export interface ParkedMessage extends ParkedEvent {
  readonly body: string | undefined;
}

/** The parked table of one integration. Every change is conditional on what was seen: of two, one succeeds. */
export interface ParkedStore {
  /** With its message: only where that is sent, or shown. */
  read(flow: string, eventId: string): Promise<ParkedMessage | undefined>;
  /** The same without the message, which not everybody may see. */
  look(flow: string, eventId: string): Promise<ParkedEvent | undefined>;
  /**
   * Stores it, and answers whether it did: not where it is there in this or a higher generation, was settled since it was
   * parked, or was ever discarded or erased.
   */
  add(event: ParkedMessage): Promise<boolean>;
  /** From one of these states to the next, at the generation that was seen; answers whether it was so. */
  move(seen: Pick<ParkedEvent, 'flow' | 'eventId' | 'generation'>, step: ParkedStep): Promise<boolean>;
  /** Every unsettled event of a flow, oldest first. */
  unsettled(flow: string): Promise<readonly ParkedEvent[]>;
  /** How many of them need somebody: all but those that only wait behind another. */
  countUnsettled(flow: string): Promise<number>;
  /** All of one entity key, settled ones too. */
  ofKey(flow: string, subject: string): Promise<readonly ParkedEvent[]>;
  /** Leaves of an event only that it was there: no body, key or reason. */
  erase(flow: string, eventId: string): Promise<void>;
}

export interface ParkedStep {
  readonly from: readonly ParkedStatus[];
  readonly to: ParkedStatus;
  readonly atMs: number;
  readonly note?: string;
}

/** One parked event in its key's list. */
export interface ListedEvent {
  readonly eventId: string;
  readonly generation: number;
  /** Why it was parked; undefined where it only stands behind another. */
  readonly letter: DeadLetter | undefined;
  /** A later state was delivered: what is in the parked table is to be marked so. */
  readonly superseded: boolean;
}

/** A key's parked events, in the order in which they must be delivered. Each is added before its own dead letter is sent. */
export interface ParkList {
  readonly events: readonly ListedEvent[];
  /** Whether later events of the key join its end (`halt-key`), instead of superseding what is in it. */
  readonly halts: boolean;
  /** The head is to be released as soon as it is in the parked table: what stood before it is settled. */
  readonly due: boolean;
  /** 0: there is none. */
  readonly generation: number;
}

/** Keeps park lists by flow and entity key; a write succeeds only over what was seen. */
export interface ParkListStore {
  read(flow: string, subject: string): Promise<ParkList>;
  /** Answers the list as it is now, or undefined where it was changed by somebody else. */
  replace(
    flow: string,
    subject: string,
    seen: ParkList,
    next: Omit<ParkList, 'generation'>,
  ): Promise<ParkList | undefined>;
}

/** The way of a parked event back into its flow's queue. */
export interface ReleaseQueue {
  /**
   * Sends the message again, marked with the generation that it is released from, which is also what SQS deduplicates
   * by: within five minutes a repeat has no effect.
   */
  release(event: Pick<ParkedMessage, 'flow' | 'eventId' | 'generation' | 'groupId'>, body: string): Promise<void>;
}

/** A message as the queue handed it over. */
export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** Messages of one group are delivered in order. */
  readonly groupId: string;
  /** 1 on the first receive. */
  readonly receiveCount: number;
  readonly body: string;
}

/** Why an event can't be delivered: codes and names only, readable without the body. */
export interface DeadLetter {
  readonly reason: string;
  readonly category: string;
  readonly attempts: number;
  readonly lastErrorCode: string;
  readonly correlationId: string;
  /** ISO 8601. */
  readonly firstSeen: string;
}

/** The flow's queue, as far as delivery acts on it. */
export interface DeliveryQueue {
  /** Makes the messages visible again after the wait, all at once, so that a group keeps its order. */
  handBack(records: readonly QueueRecord[], waitSeconds: number): Promise<void>;
  /** Sends a message's body, unchanged, to the flow's dead letters. */
  sendDeadLetter(record: QueueRecord, deadLetter: DeadLetter): Promise<void>;
}

/** What has been counted for one event. */
export interface Tally {
  /** Transient failures: calls that reached out and failed. */
  readonly attempts: number;
  /** Hand-backs that counted no attempt. */
  readonly deferrals: number;
}

/** Counts failures of one event; touched on the failure path only. */
export interface TallyStore {
  /** Adds one and answers the new tally. */
  add(key: string, counter: keyof Tally): Promise<Tally>;
}

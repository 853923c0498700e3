/** A message as the queue handed it over. */
export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** Messages of one group are delivered in order. */
  readonly groupId: string;
  /** 1 on the first receive. */
  readonly receiveCount: number;
  /** When it came into the queue, Unix milliseconds. */
  readonly sentMs: number;
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

/** What a parked event is known by: the same in every generation but for the number. */
export interface ParkId {
  /** The message's own id for what was no message of ours. */
  readonly eventId: string;
  readonly generation: number;
}

/** The flow's queue, as far as delivery acts on it. */
export interface DeliveryQueue {
  /** Makes the messages visible again after the wait, all at once, so that a group keeps its order. */
  handBack(records: readonly QueueRecord[], waitSeconds: number): Promise<void>;
  /** Deletes messages at once, before something that may kill the function. */
  settle(records: readonly QueueRecord[]): Promise<void>;
  /**
   * Sends a message's body, unchanged, to the flow's dead letters. SQS deduplicates by event and generation: of a message
   * that comes back after it was sent there is one.
   */
  sendDeadLetter(record: QueueRecord, of: ParkId, deadLetter: DeadLetter): Promise<void>;
}

/** What earlier receives of one message left behind. Written on the failure path only. */
export interface History {
  /** Calls that reached out and failed in a way that may pass. */
  readonly attempts: number;
  /** Hand-backs in a row that counted no attempt. */
  readonly deferrals: number;
  /** When the first attempt was begun, Unix milliseconds. */
  readonly firstAttemptMs: number | undefined;
  /** For the last three attempts: whether the last answer that others got from the operation was a success. */
  readonly othersSucceeded: readonly boolean[];
  /** The highest receive that a recorded hand-back explains. */
  readonly explained: number;
  /** A receive ended without a hand-back, and the message has had no outcome since. */
  readonly suspect: boolean;
  /** Starts alone that left no outcome. */
  readonly marks: number;
  /** Time of the first of these, Unix milliseconds. */
  readonly firstMarkMs: number | undefined;
  /** A decision to park, to be carried out at the next receive without another call. */
  readonly parkAs: { readonly reason: string; readonly category: string; readonly code: string } | undefined;
}

export const noHistory: History = {
  attempts: 0,
  deferrals: 0,
  firstAttemptMs: undefined,
  othersSucceeded: [],
  explained: 0,
  suspect: false,
  marks: 0,
  firstMarkMs: undefined,
  parkAs: undefined,
};

/** What an operator asked to have parked: it is, whatever else holds its flow or its system. */
export const operatorCategory = 'operator';

/** A message whose history is asked for; `event`: what it is about, where it is a message of ours. */
export interface HistoryOf {
  readonly messageId: string;
  readonly event:
    | { readonly flow: string; readonly eventId: string; readonly releasedGeneration: number | undefined }
    | undefined;
}

/** Keeps histories by message id. */
export interface HistoryStore {
  /** Those that there are. Where an operator asked to have the event parked, that is the decision. */
  read(messages: readonly HistoryOf[]): Promise<ReadonlyMap<string, History>>;
  /** All at once; each replaces what was there. */
  write(histories: ReadonlyMap<string, History>): Promise<void>;
}

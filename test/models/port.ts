import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { ParkId, QueueRecord } from '../../functions/contract/delivery.ts';
import type { StateTable } from '../../functions/contract/state-table.ts';

export interface Message {
  readonly group: string;
  readonly body: string;
  readonly deduplicationId: string;
}

/** What the script is played to: our models, or our own edges before any endpoint. */
export interface Port {
  /** Answers the id of the message, of the earlier one where it is a duplicate. */
  send(message: Message): Promise<string>;
  /** Tries for a while where there is less than `expected`. */
  receive(most: number, expected: number): Promise<readonly QueueRecord[]>;
  receiveDead(expected: number): Promise<readonly QueueRecord[]>;
  /** Both throw where anything of it was refused. */
  handBack(records: readonly QueueRecord[], waitSeconds: number): Promise<void>;
  settle(records: readonly QueueRecord[]): Promise<void>;
  /** With a letter of the port's own. */
  sendDeadLetter(record: QueueRecord, of: ParkId): Promise<void>;
  readonly table: StateTable;
  /** A new one every time: each is configured once. */
  persistence(): BasePersistenceLayer;
  /** Before every key: cases share a table. */
  readonly keyPrefix: string;
  wait(seconds: number): Promise<void>;
  now(): number;
}

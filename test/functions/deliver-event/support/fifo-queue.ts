import { randomUUID } from 'node:crypto';
import type { QueueRecord } from '../../../../functions/contract/delivery.ts';

export interface Sent {
  readonly groupId: string;
  readonly deduplicationId: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** A message as the queue keeps it. */
export interface Kept extends Sent {
  readonly messageId: string;
  readonly sentAtMs: number;
  receiveCount: number;
  /** Given out by the last receive; older handles are void. */
  receiptHandle: string | undefined;
  receivedAtMs: number;
  visibleAtMs: number;
}

export interface FifoQueueOptions {
  /** @default 180_000 */
  readonly visibilityTimeoutMs?: number;
  /** Receives after which a message is moved to `deadLetters`. @default no limit */
  readonly maxReceiveCount?: number;
  readonly deadLetters?: FifoQueue;
}

const deduplicatedForMs = 5 * 60_000;
const retainedForMs = 14 * 24 * 60 * 60_000;
const longestVisibilitySeconds = 12 * 60 * 60;
const mostAtOnce = 10;

/**
 * An SQS FIFO queue in memory, in high-throughput mode: what SQS documents, on a clock that is given; test/models holds
 * it against the emulator.
 * - A deduplication id is remembered for five minutes within its group.
 * - A group gives out, in order, what stands before its first message in flight; one receive may give out several.
 * - A receive mixes groups; a receipt handle is void once its message is visible again.
 * - A batch does what it can, and tells of the entries that failed; deleting what is deleted is no failure.
 */
export class FifoQueue {
  readonly #now: () => number;
  readonly #options: FifoQueueOptions;
  readonly #seen = new Map<string, { messageId: string; atMs: number }>();
  readonly #deleted = new Set<string>();
  #messages: Kept[] = [];

  constructor(now: () => number, options: FifoQueueOptions = {}) {
    this.#now = now;
    this.#options = options;
  }

  /** What is in the queue, visible or not, in order of arrival. */
  get messages(): readonly Kept[] {
    return this.#messages;
  }

  /**
   * Answers the id of the message, of the earlier one where it is a duplicate. `redriven`: what a message keeps that the
   * redrive of another queue moves here.
   */
  send(sent: Sent, redriven?: Pick<Kept, 'messageId' | 'receiveCount'>): string {
    const key = JSON.stringify([sent.groupId, sent.deduplicationId]);
    const earlier = this.#seen.get(key);
    const sentAtMs = this.#now();
    if (earlier !== undefined && sentAtMs - earlier.atMs < deduplicatedForMs) return earlier.messageId;
    const { messageId, receiveCount } = redriven ?? { messageId: randomUUID(), receiveCount: 0 };
    this.#seen.set(key, { messageId, atMs: sentAtMs });
    const unread = { receiveCount, receiptHandle: undefined, receivedAtMs: 0, visibleAtMs: 0 };
    this.#messages.push({ ...sent, messageId, sentAtMs, ...unread });
    return messageId;
  }

  receive(most = mostAtOnce): QueueRecord[] {
    const now = this.#now();
    this.#messages = this.#messages.filter(({ sentAtMs }) => now - sentAtMs < retainedForMs);
    return this.#takeFree(Math.min(most, mostAtOnce)).map((message) => {
      message.receiveCount += 1;
      message.receiptHandle = randomUUID();
      message.receivedAtMs = now;
      message.visibleAtMs = now + (this.#options.visibilityTimeoutMs ?? 180_000);
      const { messageId, receiptHandle, groupId, receiveCount, sentAtMs: sentMs, body } = message;
      return { messageId, receiptHandle, groupId, receiveCount, sentMs, body };
    });
  }

  /** One ChangeMessageVisibilityBatch. */
  changeVisibility(receiptHandles: readonly string[], seconds: number): void {
    const now = this.#now();
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > longestVisibilitySeconds) {
      throw new Error(`InvalidParameterValue: VisibilityTimeout ${seconds}`);
    }
    forEach(receiptHandles, (handle) => {
      const message = this.#inFlight(handle);
      const visibleAtMs = now + seconds * 1000;
      // Counted from the receive, not from the change.
      if (visibleAtMs - message.receivedAtMs > longestVisibilitySeconds * 1000)
        throw new Error('InvalidParameterValue: total VisibilityTimeout is beyond 43200 seconds');
      message.visibleAtMs = visibleAtMs;
    });
  }

  /** One DeleteMessageBatch. */
  deleteAll(receiptHandles: readonly string[]): void {
    forEach(receiptHandles, (handle) => {
      if (this.#deleted.has(handle)) return;
      const message = this.#inFlight(handle);
      this.#deleted.add(handle);
      this.#messages = this.#messages.filter((other) => other !== message);
    });
  }

  /** When the next message can be received; undefined when the queue is empty. */
  nextVisibleAtMs(): number | undefined {
    const heads = Map.groupBy(this.#messages, ({ groupId }) => groupId).values();
    const free = [...heads].flatMap(([head]) => head?.visibleAtMs ?? []);
    return free.length === 0 ? undefined : Math.min(...free);
  }

  #inFlight(receiptHandle: string): Kept {
    const message = this.#messages.find((kept) => kept.receiptHandle === receiptHandle);
    if (message === undefined || message.visibleAtMs <= this.#now()) throw new Error('ReceiptHandleIsInvalid');
    return message;
  }

  /** What may be given out now; what was received too often goes to the dead letters instead. */
  #takeFree(most: number): Kept[] {
    const { maxReceiveCount = Number.POSITIVE_INFINITY, deadLetters } = this.#options;
    const now = this.#now();
    const blocked = new Set<string>();
    const free: Kept[] = [];
    const spent = new Set<Kept>();
    for (const message of this.#messages) {
      if (free.length === most) break;
      if (message.visibleAtMs > now) blocked.add(message.groupId);
      else if (blocked.has(message.groupId)) continue;
      else if (message.receiveCount < maxReceiveCount) free.push(message);
      else spent.add(message);
    }
    this.#messages = this.#messages.filter((message) => !spent.has(message));
    for (const message of spent) {
      const { groupId, messageId, body, attributes } = message;
      deadLetters?.send({ groupId, deduplicationId: messageId, body, attributes }, message);
    }
    return free;
  }
}

/** Does one batch: every entry is tried, and the first failure is thrown after the last. */
function forEach(entries: readonly string[], act: (entry: string) => void): void {
  if (entries.length === 0) throw new Error('EmptyBatchRequest');
  if (entries.length > mostAtOnce) throw new Error('TooManyEntriesInBatchRequest');
  const failures: unknown[] = [];
  for (const entry of entries) {
    try {
      act(entry);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

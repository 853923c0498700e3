import type { SQSBatchResponse } from 'aws-lambda';
import type { QueueRecord } from '../../../functions/contract/delivery.ts';
import type { FifoQueue } from '../../functions/deliver-event/support/fifo-queue.ts';
import type { Container } from './container.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** How long AWS lets an invocation run, in milliseconds. */
export const functionTimeoutMs = 30_000;

export interface EventSourceParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly queue: FifoQueue;
  /** Invocations at once, at most. */
  readonly invocations: number;
  start(): Container;
  invoke(container: Container, records: readonly QueueRecord[], endsAtMs: number): Promise<SQSBatchResponse>;
  /** Told what was received, and what the queue deletes. */
  received(container: Container, records: readonly QueueRecord[]): void;
  removed(records: readonly QueueRecord[]): void;
  failed(container: Container, error: unknown): 'threw';
  /** Whether the queue loses a deletion. */
  losesDelete(): boolean;
  /** Whether a batch is handed over twice at once: AWS promises only "at least once". */
  handsOverTwice(): boolean;
}

/** Lambda's event source mapping: batches to containers, one invocation each at a time, and deletes what is done. */
export class EventSource {
  readonly #parts: EventSourceParts;
  #idle: Container[] = [];
  #busy = 0;
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(parts: EventSourceParts) {
    this.#parts = parts;
  }

  get isIdle(): boolean {
    return this.#busy === 0;
  }

  /** Looks into the queue soon: something came in, or became visible. */
  wake(afterMs = 20): void {
    const { scheduler } = this.#parts;
    const atMs = scheduler.nowMs + Math.max(0, afterMs);
    if (this.#wakeAtMs > scheduler.nowMs && this.#wakeAtMs <= atMs) return;
    this.#wakeAtMs = atMs;
    scheduler.at(atMs, () => this.#poll());
  }

  #poll(): void {
    const { queue, random, invocations, scheduler, handsOverTwice } = this.#parts;
    while (this.#busy < invocations) {
      const records = queue.receive(random.chance(0.6) ? 10 : random.int(1, 9));
      if (records.length === 0) break;
      void this.#invoke(records);
      if (handsOverTwice()) void this.#invoke(records);
    }
    const nextMs = queue.nextVisibleAtMs();
    if (nextMs !== undefined && nextMs > scheduler.nowMs) this.wake(nextMs - scheduler.nowMs);
  }

  async #invoke(records: readonly QueueRecord[]): Promise<void> {
    const { scheduler, invoke, received, failed, random } = this.#parts;
    this.#busy += 1;
    const container = this.#container();
    received(container, records);
    await scheduler.sleep(random.between(2, 20));
    const endsAtMs = scheduler.nowMs + functionTimeoutMs;
    let hasEnded = false;
    scheduler.at(endsAtMs, () => {
      if (!hasEnded) container.die('timeout', 'the function');
    });
    // What an invocation throws fails its batch: AWS hides it for the queue's own timeout.
    const thrown = (error: unknown) => failed(container, error);
    const answer = await Promise.race([container.death, invoke(container, records, endsAtMs).catch(thrown)]);
    hasEnded = true;
    if (answer !== 'died' && answer !== 'threw') await this.#settle(records, answer);
    if (container.isAlive) this.#idle.push(container);
    this.#busy -= 1;
    this.wake(0);
  }

  /** An answer that names a message which the batch did not have fails the whole batch. */
  async #settle(records: readonly QueueRecord[], { batchItemFailures }: SQSBatchResponse): Promise<void> {
    const { scheduler, queue, removed, losesDelete } = this.#parts;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    if (records.length - done.length !== failed.size) throw new Error('The answer names messages of another batch.');
    if (done.length === 0) return;
    await scheduler.sleep(5);
    if (losesDelete()) return;
    try {
      queue.deleteAll(done.map(({ receiptHandle }) => receiptHandle));
    } catch {
      // Lambda tells nobody of a message that was visible again by then: that one comes back.
    }
    const left = new Set(queue.messages.map(({ messageId }) => messageId));
    removed(done.filter(({ messageId }) => !left.has(messageId)));
  }

  /** Mostly one that is warm; AWS ends idle ones as it likes. */
  #container(): Container {
    const { random, start } = this.#parts;
    if (random.chance(0.03)) this.#idle = [];
    return this.#idle.pop() ?? start();
  }
}

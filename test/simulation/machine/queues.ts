import type { QueueRecord } from '../../../functions/contract/delivery.ts';
import { FifoQueue, type FifoQueueOptions, type Sent } from '../../functions/deliver-event/support/fifo-queue.ts';

export interface ToldQueueOptions extends FifoQueueOptions {
  readonly deadLetters?: ToldQueue;
}

/** A queue that wakes whoever consumes it. */
export class ToldQueue extends FifoQueue {
  readonly #came: () => void;
  readonly #deadLetters: ToldQueue | undefined;

  constructor(now: () => number, came: () => void, options: ToldQueueOptions = {}) {
    super(now, options);
    this.#came = came;
    this.#deadLetters = options.deadLetters;
  }

  /** Sends a message; `swallowed`: the queue knew it already, and has no second one. */
  offer(sent: Sent): { readonly messageId: string; readonly swallowed: boolean } {
    const before = this.messages.length;
    const messageId = this.send(sent);
    const swallowed = this.messages.length === before;
    if (!swallowed) this.#came();
    return { messageId, swallowed };
  }

  override receive(most?: number): QueueRecord[] {
    const received = super.receive(most);
    // What was received too often is among the dead letters now.
    this.#deadLetters?.look();
    return received;
  }

  /** Wakes whoever consumes it, where there is something. */
  look(): void {
    if (this.messages.length > 0) this.#came();
  }
}

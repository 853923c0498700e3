import { FifoQueue } from '../functions/deliver-event/support/fifo-queue.ts';
import { MemoryPersistence, MemoryTable } from '../functions/deliver-event/support/state-table.ts';
import { type Played, play } from './play/play.ts';
import type { Port } from './port.ts';
import type { Case } from './script/case.ts';

/** Plays a case to the models, on a virtual clock that `Date.now` follows: one at a time. */
export async function playInMemory(one: Case): Promise<Played> {
  const realNow = Date.now;
  let nowMs = realNow();
  Date.now = () => nowMs;
  try {
    return await play(
      one,
      portOf(one, (seconds) => {
        nowMs += seconds * 1000;
      }),
    );
  } finally {
    Date.now = realNow;
  }
}

function portOf({ queue: options = {} }: Case, advance: (seconds: number) => void): Port {
  const { visibilitySeconds = 30, maxReceiveCount = 1000 } = options;
  const deadLetters = new FifoQueue(Date.now);
  const queue = new FifoQueue(Date.now, {
    visibilityTimeoutMs: visibilitySeconds * 1000,
    maxReceiveCount,
    deadLetters,
  });
  const table = new MemoryTable();
  return {
    send: async ({ group: groupId, body, deduplicationId }) => queue.send({ groupId, body, deduplicationId }),
    receive: async (most) => queue.receive(most),
    receiveDead: async () => deadLetters.receive(),
    handBack: async (records, waitSeconds) =>
      queue.changeVisibility(
        records.map(({ receiptHandle }) => receiptHandle),
        waitSeconds,
      ),
    settle: async (records) => queue.deleteAll(records.map(({ receiptHandle }) => receiptHandle)),
    sendDeadLetter: async ({ groupId, body }, { eventId, generation }) =>
      void deadLetters.send({ groupId, body, deduplicationId: `${eventId} ${generation}` }),
    table,
    persistence: () => new MemoryPersistence(table),
    keyPrefix: '',
    wait: async (seconds) => advance(seconds),
    now: Date.now,
  };
}

import type { SQSBatchResponse } from 'aws-lambda';
import type { QueueRecord } from '../../../../functions/contract/delivery.ts';
import type { FifoQueue } from './fifo-queue.ts';

export type Deliver = (records: readonly QueueRecord[]) => Promise<SQSBatchResponse>;

/** Thrown by a function under test that is killed: nothing of its batch is deleted. */
export class Killed extends Error {}

/**
 * What Lambda does between a FIFO queue and a function: hands over a batch, and deletes what the answer doesn't name.
 * An answer that names a message of no batch, or a function that is killed, fails the whole batch.
 */
export async function pollOnce(queue: FifoQueue, deliver: Deliver): Promise<SQSBatchResponse | undefined> {
  const records = queue.receive();
  if (records.length === 0) return undefined;
  try {
    const answer = await deliver(records);
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const known = records.filter(({ messageId }) => failed.has(messageId)).length;
    if (known !== failed.size) throw new Error('The answer names messages that the batch did not have.');
    const settled = records.filter(({ messageId }) => !failed.has(messageId));
    deleteQuietly(
      queue,
      settled.map(({ receiptHandle }) => receiptHandle),
    );
    return answer;
  } catch (error) {
    if (error instanceof Killed) return undefined;
    throw error;
  }
}

/** Lambda tells nobody of a message that it could not delete, since it took too long: that one comes back. */
function deleteQuietly(queue: FifoQueue, handles: readonly string[]): void {
  if (handles.length === 0) return;
  try {
    queue.deleteAll(handles);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('ReceiptHandleIsInvalid'))) throw error;
  }
}

/** Polls until the queue is empty, moving the clock to whenever a message is due; answers how often it polled. */
export async function pollUntilEmpty(
  queue: FifoQueue,
  deliver: Deliver,
  clock: { now(): number; advance(ms: number): void },
  mostPolls = 200,
): Promise<number> {
  for (let polls = 0; polls < mostPolls; polls += 1) {
    const dueAtMs = queue.nextVisibleAtMs();
    if (dueAtMs === undefined) return polls;
    clock.advance(Math.max(0, dueAtMs - clock.now()));
    await pollOnce(queue, deliver);
  }
  throw new Error(`${queue.messages.length} messages are still in the queue after ${mostPolls} polls.`);
}

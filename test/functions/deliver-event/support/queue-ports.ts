import { queueId } from '../../../../functions/aws/queue-sender.ts';
import type { DeadLetter, DeliveryQueue, QueueRecord } from '../../../../functions/contract/delivery.ts';
import { parseMessage } from '../../../../functions/contract/message.ts';
import type { ReleaseQueue } from '../../../../functions/contract/parked.ts';
import type { DeadLetterRecord } from '../../../../functions/park-dead-letter/dead-letter.ts';
import type { FifoQueue } from './fifo-queue.ts';

/** What `createDeliveryQueue` makes of SQS, on the models. */
export function queuePort(
  flow: string,
  queue: FifoQueue,
  deadLetters: FifoQueue,
  handBacks: { messageIds: string[]; waitSeconds: number }[],
): { -readonly [Name in keyof DeliveryQueue]: DeliveryQueue[Name] } {
  const handlesOf = (records: readonly QueueRecord[]) => records.map(({ receiptHandle }) => receiptHandle);
  return {
    async handBack(records, waitSeconds) {
      handBacks.push({ messageIds: records.map(({ messageId }) => messageId), waitSeconds });
      queue.changeVisibility(handlesOf(records), waitSeconds);
    },
    async settle(records) {
      queue.deleteAll(handlesOf(records));
    },
    async sendDeadLetter({ groupId, body }, { eventId, generation }, letter) {
      const deduplicationId = queueId(flow, eventId, 'park', String(generation));
      deadLetters.send({ groupId, deduplicationId, body, attributes: { ...letter, generation } });
    },
  };
}

/** What `createReleaseQueue` makes of SQS. */
export function releasePort(queue: FifoQueue): { -readonly [Name in keyof ReleaseQueue]: ReleaseQueue[Name] } {
  return {
    async release({ flow, eventId, generation, groupId }, body) {
      const deduplicationId = queueId(flow, eventId, 'release', String(generation));
      const message = { ...parseMessage(body), releasedgeneration: generation };
      queue.send({ groupId, deduplicationId, body: JSON.stringify(message) });
    },
  };
}

/** What the handler of `park-dead-letter` makes of an SQS record. */
export function toDeadLetter(flow: string, { messageId, groupId, sentMs, body }: QueueRecord, from: FifoQueue) {
  const { generation, ...letter } = from.messages.find((kept) => kept.messageId === messageId)?.attributes ?? {};
  const sent = generation === undefined ? undefined : { letter: letter as unknown as DeadLetter, generation };
  return { flow, messageId, groupId, sentMs, body, sent } as DeadLetterRecord;
}

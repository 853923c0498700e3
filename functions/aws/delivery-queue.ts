import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeliveryQueue } from '../contract/delivery.ts';
import { queueId } from './queue-sender.ts';

/** A flow's queue and its dead letters, in SQS. */
export function createDeliveryQueue(
  client: SQSClient,
  flow: string,
  queueUrl: string,
  deadLetterQueueUrl: string,
): DeliveryQueue {
  return {
    async handBack(records, waitSeconds) {
      const { Failed = [] } = await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: records.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: waitSeconds,
          })),
        }),
      );
      if (Failed.length > 0)
        throw new Error(`SQS kept the visibility of ${Failed.length} messages: ${Failed[0]?.Code}`);
    },
    async settle(records) {
      const entries = records.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
      const { Failed = [] } = await client.send(
        new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
      );
      if (Failed.length > 0) throw new Error(`SQS did not delete ${Failed.length} messages: ${Failed[0]?.Code}`);
    },
    async sendDeadLetter({ body, groupId }, { eventId, generation }, deadLetter) {
      const attributes = Object.entries({ ...deadLetter, generation }).map(([name, value]) => [
        name,
        { DataType: typeof value === 'number' ? 'Number' : 'String', StringValue: String(value) },
      ]);
      await client.send(
        new SendMessageCommand({
          QueueUrl: deadLetterQueueUrl,
          MessageBody: body,
          MessageGroupId: groupId,
          MessageDeduplicationId: queueId(flow, eventId, 'park', String(generation)),
          MessageAttributes: Object.fromEntries(attributes),
        }),
      );
    },
  };
}

import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll } from 'vitest';
import { aws } from '../../support/clients.ts';
import type { BatchRecord } from './containers.ts';
import { depthOf } from './queues.ts';

const { sqs } = aws;

/** A FIFO queue that no deployed function polls. It ends with the file. */
export interface OwnQueue {
  readonly url: string;
  /** Queues a message in a group of its own. */
  send(message: object): Promise<void>;
  /** Waits for a message for a second at most. */
  receive(): Promise<BatchRecord | undefined>;
  /** The same for up to so many, ten at most; none where there are none. */
  receiveBatch(most: number): Promise<BatchRecord[]>;
  delete(record: BatchRecord): Promise<void>;
  /** How many messages it holds, in flight or not. */
  depth(): Promise<number>;
}

const queueUrls: string[] = [];
afterAll(() => Promise.all(queueUrls.map((QueueUrl) => sqs.send(new DeleteQueueCommand({ QueueUrl })))));

export async function createOwnQueue(visibilitySeconds: number): Promise<OwnQueue> {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: `test-${randomUUID()}.fifo`,
      Attributes: {
        FifoQueue: 'true',
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
        VisibilityTimeout: String(visibilitySeconds),
      },
    }),
  );
  queueUrls.push(QueueUrl);
  return {
    url: QueueUrl,
    send: async (message) => {
      const ids = { MessageGroupId: randomUUID(), MessageDeduplicationId: randomUUID() };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), ...ids }));
    },
    receive: async () => (await receive(QueueUrl, 1))[0],
    receiveBatch: (most) => receive(QueueUrl, most),
    delete: async ({ receiptHandle: ReceiptHandle }) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    },
    depth: () => depthOf(QueueUrl),
  };
}

async function receive(QueueUrl: string, MaxNumberOfMessages: number): Promise<BatchRecord[]> {
  const limits = { MaxNumberOfMessages, WaitTimeSeconds: 1 };
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], ...limits }),
  );
  return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }) => {
    const { ApproximateReceiveCount = '', SentTimestamp = '', MessageGroupId = '' } = Attributes;
    const attributes = { ApproximateReceiveCount, SentTimestamp, MessageGroupId };
    return { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes };
  });
}

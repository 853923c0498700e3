import { setTimeout } from 'node:timers/promises';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { createDeliveryQueue } from '../../../functions/aws/delivery-queue.ts';
import { createStateTable } from '../../../functions/aws/dynamo-state-table.ts';
import type { DeadLetter, QueueRecord } from '../../../functions/contract/delivery.ts';
import type { Port } from '../port.ts';
import type { Case } from '../script/case.ts';
import type { Endpoint, Queues, Resources } from './resources.ts';

/**
 * A port to an endpoint for one case: our own edges, and the plain client for what others do (Lambda receives, the
 * receiver sends).
 */
export async function openPort(endpoint: Endpoint, resources: Resources, one: Case, name: string): Promise<Port> {
  const tableName = await resources.table();
  const queues = one.queue === undefined ? noQueues : await resources.queues(name, one.queue);
  const { sqs, dynamoDb } = endpoint;
  const { handBack, settle, sendDeadLetter } = createDeliveryQueue(sqs, 'models', queues.url, queues.deadLetterUrl);
  return {
    async send({ group: MessageGroupId, body: MessageBody, deduplicationId: MessageDeduplicationId }) {
      const message = { QueueUrl: queues.url, MessageGroupId, MessageBody, MessageDeduplicationId };
      const { MessageId = '' } = await sqs.send(new SendMessageCommand(message));
      return MessageId;
    },
    receive: (most, expected) => receive(endpoint, queues.url, most, expected),
    receiveDead: (expected) => receive(endpoint, queues.deadLetterUrl, 10, expected),
    handBack,
    settle,
    sendDeadLetter: (record, of) => sendDeadLetter(record, of, aDeadLetter),
    table: createStateTable(dynamoDb, tableName, Date.now),
    persistence: () =>
      new DynamoDBPersistenceLayer({ tableName, keyAttr: 'pk', expiryAttr: 'expiresAt', awsSdkV3Client: dynamoDb }),
    keyPrefix: `${name}/`,
    wait: (seconds) => setTimeout(seconds * 1000),
    now: Date.now,
  };
}

const noQueues: Queues = { url: '', deadLetterUrl: '' };

const aDeadLetter: DeadLetter = {
  reason: 'permanent failure at the script',
  category: 'permanent',
  attempts: 1,
  lastErrorCode: 'none',
  correlationId: 'corr-1',
  firstSeen: '2026-11-20T08:00:00.000Z',
};

/**
 * SQS may give out less than there is: asks again until it has what is expected, or nothing came for a while; where nothing
 * is expected the while is short, or what is in flight would come back meanwhile.
 */
async function receive(
  { sqs, patienceSeconds }: Endpoint,
  QueueUrl: string,
  most: number,
  expected: number,
): Promise<QueueRecord[]> {
  const received: QueueRecord[] = [];
  for (;;) {
    const MaxNumberOfMessages = received.length === 0 ? most : expected - received.length;
    const WaitTimeSeconds = expected === 0 ? Math.min(patienceSeconds, 1) : patienceSeconds;
    const wanted = { QueueUrl, MaxNumberOfMessages, WaitTimeSeconds };
    const command = new ReceiveMessageCommand({ ...wanted, MessageSystemAttributeNames: ['All'] });
    const { Messages = [] } = await sqs.send(command);
    received.push(...Messages.map(toRecord));
    if (Messages.length === 0 || received.length >= expected) return received;
  }
}

/** As Lambda hands it over. */
function toRecord({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message): QueueRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    groupId: Attributes.MessageGroupId ?? '',
    receiveCount: Number(Attributes.ApproximateReceiveCount),
    sentMs: Number(Attributes.SentTimestamp),
    body: Body,
  };
}

import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueOptions } from '../script/case.ts';

/** An endpoint, and how quick it is: an emulator has everything at once, AWS is spread over many machines. */
export interface Endpoint {
  readonly sqs: SQSClient;
  readonly dynamoDb: DynamoDBClient;
  /** How long a receive waits for what may be on its way, in seconds. */
  readonly patienceSeconds: number;
  /** After how many seconds a new queue can be used. */
  readonly settlesInSeconds: number;
}

export interface Queues {
  readonly url: string;
  readonly deadLetterUrl: string;
}

/** Queues and one table at an endpoint, and all that is needed to delete them again. */
export class Resources {
  /** What all their names begin with, and nobody else's. */
  readonly prefix = `millrace-models-${randomBytes(4).toString('hex')}`;
  readonly #endpoint: Endpoint;
  readonly #queueUrls: string[] = [];
  readonly #tables: string[] = [];
  readonly #underWay: Promise<unknown>[] = [];
  #table: Promise<string> | undefined;
  #isClosed = false;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** The one table's name. */
  table(): Promise<string> {
    this.#table ??= this.#make(() => this.#createTable());
    return this.#table;
  }

  /** A queue as our stack makes it, and that of its dead letters. */
  queues(name: string, options: QueueOptions): Promise<Queues> {
    return this.#make(() => this.#createQueues(`${this.prefix}-${name}`, options));
  }

  /** Deletes everything, once what is being made is made. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    const { sqs, dynamoDb } = this.#endpoint;
    await Promise.all([
      ...this.#queueUrls.map((QueueUrl) => sqs.send(new DeleteQueueCommand({ QueueUrl }))),
      ...this.#tables.map((TableName) => dynamoDb.send(new DeleteTableCommand({ TableName }))),
    ]);
  }

  /** Begins nothing any more once it is closed: it would be left behind. */
  #make<Made>(make: () => Promise<Made>): Promise<Made> {
    if (this.#isClosed) throw new Error('Stopped.');
    const making = make();
    this.#underWay.push(making);
    return making;
  }

  async #createTable(): Promise<string> {
    const { dynamoDb } = this.#endpoint;
    const TableName = this.prefix;
    await dynamoDb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    this.#tables.push(TableName);
    await waitUntilTableExists({ client: dynamoDb, minDelay: 1, maxDelay: 2, maxWaitTime: 60 }, { TableName });
    const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
    await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    return TableName;
  }

  async #createQueues(name: string, options: QueueOptions): Promise<Queues> {
    const { visibilitySeconds = 30, maxReceiveCount = 1000 } = options;
    const deadLetterUrl = await this.#createQueue(`${name}-dead.fifo`, {});
    const wanted = { QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn' as const] };
    const { Attributes } = await this.#endpoint.sqs.send(new GetQueueAttributesCommand(wanted));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount });
    const VisibilityTimeout = String(visibilitySeconds);
    const url = await this.#createQueue(`${name}.fifo`, { VisibilityTimeout, RedrivePolicy });
    await setTimeout(this.#endpoint.settlesInSeconds * 1000);
    return { url, deadLetterUrl };
  }

  async #createQueue(QueueName: string, attributes: Readonly<Record<string, string>>): Promise<string> {
    const Attributes = {
      FifoQueue: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      ...attributes,
    };
    const { QueueUrl = '' } = await this.#endpoint.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    this.#queueUrls.push(QueueUrl);
    return QueueUrl;
  }
}

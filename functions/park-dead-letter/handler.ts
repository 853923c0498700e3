import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import * as v from 'valibot';
import { awsCallLimits } from '../aws/call-limits.ts';
import { createStateTable } from '../aws/dynamo-state-table.ts';
import { createLambda } from '../aws/lambda.ts';
import { createLargeData } from '../aws/large-data.ts';
import { createParkedTable } from '../aws/parked-table.ts';
import { createReleaseQueue } from '../aws/release-queue.ts';
import { createS3 } from '../aws/signed-s3.ts';
import { createSqs } from '../aws/sqs.ts';
import { parkEnvironment, parseEnvironment, s3EndpointOf } from '../contract/environment.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { createParkLists } from '../state/park-lists.ts';
import type { DeadLetterRecord } from './dead-letter.ts';
import { type ParkServices, parkDeadLetters } from './park.ts';

/** Called by AWS: a batch of one flow's dead letters an invocation. */
export function createHandler({ integration }: { readonly integration: string }) {
  return createLambda<SQSEvent, SQSBatchResponse>((telemetry) => {
    const environment = parseEnvironment(parkEnvironment, process.env);
    const services = connectAws(integration, environment, telemetry);
    return ({ Records }) =>
      parkDeadLetters(
        Records.map((record) => toRecord(record, environment.DEAD_LETTER_QUEUES)),
        services,
      );
  });
}

/** Once per cold start. */
function connectAws(
  integration: string,
  environment: v.InferOutput<typeof parkEnvironment>,
  telemetry: Telemetry,
): ParkServices {
  const { STATE_TABLE, PARKED_TABLE, QUEUE_URLS, DATA_BUCKET: bucket } = environment;
  const endpoint = s3EndpointOf(environment);
  const dynamo = new DynamoDBClient(awsCallLimits);
  return {
    store: createParkedTable(dynamo, PARKED_TABLE, integration, Date.now),
    lists: createParkLists(createStateTable(dynamo, STATE_TABLE, Date.now), integration),
    largeData: createLargeData(createS3({ client: dynamo, bucket, endpoint }), integration),
    releases: createReleaseQueue(createSqs(), QUEUE_URLS),
    telemetry,
    now: Date.now,
  };
}

function toRecord(record: SQSRecord, flows: Readonly<Record<string, string>>): DeadLetterRecord {
  const { messageId, attributes, body, eventSourceARN, messageAttributes } = record;
  const queue = eventSourceARN.split(':').at(-1) ?? '';
  const flow = flows[queue];
  if (flow === undefined) {
    throw new Error(`DEAD_LETTER_QUEUES lacks the queue "${queue}". Deploy the stack this bundle belongs to.`);
  }
  const groupId = attributes.MessageGroupId ?? messageId;
  const sent = toSent(messageAttributes);
  return { flow, messageId, groupId, sentMs: Number(attributes.SentTimestamp), body, sent };
}

const wholeNumber = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));
const sentSchema = v.object({
  reason: v.string(),
  category: v.string(),
  attempts: wholeNumber,
  lastErrorCode: v.string(),
  correlationId: v.string(),
  firstSeen: v.string(),
  generation: wholeNumber,
});

/** What SQS itself moved has no attributes. */
function toSent(attributes: SQSMessageAttributes): DeadLetterRecord['sent'] {
  const texts = Object.entries(attributes).map(([name, { stringValue }]) => [name, stringValue]);
  const parsed = v.safeParse(sentSchema, Object.fromEntries(texts));
  if (!parsed.success) return undefined;
  const { generation, ...letter } = parsed.output;
  return { letter, generation };
}

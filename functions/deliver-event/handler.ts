import { randomUUID } from 'node:crypto';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { InferOutput } from 'valibot';
import { awsCallLimits } from '../aws/call-limits.ts';
import { keptCredentials, refreshedCredentials } from '../aws/credentials.ts';
import { createDeliveryQueue } from '../aws/delivery-queue.ts';
import { createStateTable } from '../aws/dynamo-state-table.ts';
import { createSecretReader } from '../aws/secret-reader.ts';
import { createSqs } from '../aws/sqs.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import type { CredentialSource } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import type { QueueRecord } from '../contract/delivery.ts';
import { deliverEnvironment, parseEnvironment } from '../contract/environment.ts';
import { parsePolicies } from '../specification/policies.ts';
import { deliver } from './deliver.ts';
import { type DeliveryDefinition, type Ports, wire } from './wire.ts';

/** Called by AWS: one batch an invocation. */
export function createHandler(definition: Omit<DeliveryDefinition, 'policies'>) {
  const logger = new Logger();
  const metrics = new Metrics();
  const environment = parseEnvironment(deliverEnvironment, process.env);
  const policies = parsePolicies(environment.POLICIES);
  const servicesFor = wire({ ...definition, policies }, connectAws(environment, logger, metrics));
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler((event, context) => deliver(event.Records.map(toRecord), servicesFor(context)));
}

/** Once per cold start. */
function connectAws(environment: InferOutput<typeof deliverEnvironment>, logger: Logger, metrics: Metrics): Ports {
  const { QUEUE_URL, DEAD_LETTER_QUEUE_URL, STATE_TABLE: tableName, CALL_TIMEOUT_MS: callTimeoutMs } = environment;
  const awsSdkV3Client = new DynamoDBClient(awsCallLimits);
  const keys = { keyAttr: 'pk', expiryAttr: 'expiresAt' };
  return {
    table: createStateTable(awsSdkV3Client, tableName, Date.now),
    queue: createDeliveryQueue(createSqs(), QUEUE_URL, DEAD_LETTER_QUEUE_URL),
    persistence: new DynamoDBPersistenceLayer({ tableName, ...keys, awsSdkV3Client }),
    http: createHttp(),
    credentials: credentialsWith(environment.CREDENTIAL_SECRET_IDS, environment.TOKEN_REFRESHERS, callTimeoutMs),
    telemetry: powertoolsTelemetry(logger, metrics),
    callTimeoutMs,
    now: Date.now,
    random: Math.random,
    newId: randomUUID,
  };
}

type Ids = Readonly<Record<string, string>>;

function credentialsWith(secretIds: Ids, refreshers: Ids, callTimeoutMs: number): (system: string) => CredentialSource {
  // It makes a call of its own, and starts cold.
  const refresherLimits = { requestHandler: { connectionTimeout: 1_000, requestTimeout: callTimeoutMs + 2_000 } };
  const [secrets, lambda] = [new SecretsManagerClient(awsCallLimits), new LambdaClient(refresherLimits)];
  return (system) => {
    const secretId = secretIds[system];
    if (secretId === undefined) {
      throw new Error(`CREDENTIAL_SECRET_IDS lacks system "${system}". Deploy the stack this bundle belongs to.`);
    }
    const secret = createSecretReader(secrets, secretId, Date.now);
    const refresher = refreshers[system];
    return refresher === undefined ? keptCredentials(secret) : refreshedCredentials(secret, lambda, refresher);
  };
}

function toRecord({ messageId, receiptHandle, attributes, body }: SQSRecord): QueueRecord {
  return {
    messageId,
    receiptHandle,
    // A FIFO queue always names the group; without one the message would be its own.
    groupId: attributes.MessageGroupId ?? messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    sentMs: Number(attributes.SentTimestamp),
    body,
  };
}

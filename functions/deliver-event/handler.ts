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
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { keptCredentials, refreshedCredentials } from '../aws/credentials.ts';
import { createDeliveryQueue } from '../aws/delivery-queue.ts';
import { createSecretReader } from '../aws/secret-reader.ts';
import { createSqs } from '../aws/sqs.ts';
import { createTallyTable } from '../aws/tally-table.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import type { Connect, Connector } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import type { QueueRecord } from '../contract/delivery.ts';
import { deliverEnvironment, parseEnvironment } from '../contract/environment.ts';
import type { Flow } from '../specification/flow.ts';
import type { Policies } from '../specification/policies.ts';
import { deliver } from './deliver.ts';
import { createOnce } from './once.ts';
import type { DeliverServices } from './services.ts';

/** One end of a flow: which system, and how to talk to it. */
export interface ConnectedSystem {
  readonly name: string;
  readonly apiVersion: string;
  readonly connect: Connect;
}

export interface DeliveryDefinition {
  readonly integration: string;
  readonly flow: Flow;
  readonly policies: Policies;
  readonly source: ConnectedSystem;
  readonly destination: ConnectedSystem;
}

/** Called by AWS: one batch an invocation. */
export function createHandler(definition: DeliveryDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const servicesFor = buildServices(definition, logger, metrics);
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler((event, context) => deliver(event.Records.map(toRecord), servicesFor(context)));
}

/** Once per cold start; what is answered adds the invocation's own clock. */
function buildServices(definition: DeliveryDefinition, logger: Logger, metrics: Metrics) {
  const { integration, flow, policies } = definition;
  const environment = parseEnvironment(deliverEnvironment, process.env);
  const dynamodb = new DynamoDBClient();
  const { QUEUE_URL, DEAD_LETTER_QUEUE_URL, STATE_TABLE, CALL_TIMEOUT_MS } = environment;
  const once = createOnce(
    new DynamoDBPersistenceLayer({
      tableName: STATE_TABLE,
      keyAttr: 'pk',
      expiryAttr: 'expiresAt',
      awsSdkV3Client: dynamodb,
    }),
    `event:${integration}/${flow.name}`,
  );
  const connect = connectWith(environment.CREDENTIAL_SECRET_IDS, environment.TOKEN_REFRESHERS);
  const kept = {
    integration,
    flow,
    policies,
    source: connect(definition.source),
    destination: connect(definition.destination),
    queue: createDeliveryQueue(createSqs(), QUEUE_URL, DEAD_LETTER_QUEUE_URL),
    tallies: createTallyTable(dynamodb, STATE_TABLE, integration, Date.now),
    telemetry: powertoolsTelemetry(logger, metrics),
    callTimeoutMs: CALL_TIMEOUT_MS,
    now: Date.now,
    random: Math.random,
  };
  return (context: Context): DeliverServices => ({
    ...kept,
    once: once(context),
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
}

type Ids = Readonly<Record<string, string>>;

/** Both ends share one HTTP client, so that their sockets are kept together. */
function connectWith(secretIds: Ids, refreshers: Ids): (system: ConnectedSystem) => Connector {
  const [secrets, lambda, http] = [new SecretsManagerClient(), new LambdaClient(), createHttp()];
  return ({ name, apiVersion, connect }) => {
    const secretId = secretIds[name];
    if (secretId === undefined) {
      throw new Error(`CREDENTIAL_SECRET_IDS lacks system "${name}". Deploy the stack this bundle belongs to.`);
    }
    const secret = createSecretReader(secrets, secretId, Date.now);
    const refresher = refreshers[name];
    const credentials =
      refresher === undefined ? keptCredentials(secret) : refreshedCredentials(secret, lambda, refresher);
    return connect({ apiVersion, credentials, http, now: Date.now, newId: randomUUID });
  };
}

function toRecord({ messageId, receiptHandle, attributes, body }: SQSRecord): QueueRecord {
  // A FIFO queue always names the group; without one the message would be its own.
  const groupId = attributes.MessageGroupId ?? messageId;
  return { messageId, receiptHandle, groupId, receiveCount: Number(attributes.ApproximateReceiveCount), body };
}

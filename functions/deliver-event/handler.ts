import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { InferOutput } from 'valibot';
import { awsCallLimits } from '../aws/call-limits.ts';
import { keptCredentials, refreshedCredentials } from '../aws/credentials.ts';
import { createDeliveryQueue } from '../aws/delivery-queue.ts';
import { createStateTable } from '../aws/dynamo-state-table.ts';
import { createIdempotencyStore } from '../aws/idempotency-store.ts';
import { createLambda } from '../aws/lambda.ts';
import { createLargeData } from '../aws/large-data.ts';
import { createLimitStore } from '../aws/limit-store.ts';
import { createParkedTable } from '../aws/parked-table.ts';
import { createReleaseQueue } from '../aws/release-queue.ts';
import { createSecretReader } from '../aws/secret-reader.ts';
import { createS3 } from '../aws/signed-s3.ts';
import { createSqs } from '../aws/sqs.ts';
import { createTokenRefresher } from '../aws/token-refresher.ts';
import type { CredentialSource } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import type { QueueRecord } from '../contract/delivery.ts';
import { deliverEnvironment, parseEnvironment, s3EndpointOf } from '../contract/environment.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { parsePolicies } from '../specification/policies.ts';
import { deliver } from './deliver.ts';
import { type DeliveryDefinition, type Ports, wire } from './wire.ts';

/** Called by AWS: one batch an invocation. */
export function createHandler(definition: Omit<DeliveryDefinition, 'policies' | 'limits'>) {
  return createLambda<SQSEvent, SQSBatchResponse>((telemetry) => {
    const environment = parseEnvironment(deliverEnvironment, process.env);
    const policies = parsePolicies(environment.POLICIES);
    const specified = { ...definition, policies, limits: environment.LIMITS };
    const servicesFor = wire(specified, connectAws(definition, environment, telemetry));
    return (event, context) => deliver(event.Records.map(toRecord), servicesFor(context));
  });
}

/** Once per cold start. */
function connectAws(
  { integration, flow }: Pick<DeliveryDefinition, 'integration' | 'flow'>,
  environment: InferOutput<typeof deliverEnvironment>,
  telemetry: Telemetry,
): Ports {
  const { QUEUE_URL, DEAD_LETTER_QUEUE_URL, STATE_TABLE, PARKED_TABLE, CALL_TIMEOUT_MS: callTimeoutMs } = environment;
  const [bucket, endpoint] = [environment.DATA_BUCKET, s3EndpointOf(environment)];
  const [dynamo, sqs] = [new DynamoDBClient(awsCallLimits), createSqs()];
  return {
    table: createStateTable(dynamo, STATE_TABLE, Date.now),
    queue: createDeliveryQueue(sqs, flow.name, QUEUE_URL, DEAD_LETTER_QUEUE_URL),
    parked: createParkedTable(dynamo, PARKED_TABLE, integration, Date.now),
    limits: createLimitStore(dynamo, STATE_TABLE, integration),
    largeData: createLargeData(createS3({ client: sqs, bucket, endpoint }), integration),
    releases: createReleaseQueue(sqs, { [flow.name]: QUEUE_URL }),
    persistence: createIdempotencyStore(dynamo, STATE_TABLE),
    http: createHttp(),
    credentials: credentialsWith(environment.CREDENTIAL_SECRET_IDS, environment.TOKEN_REFRESHERS, callTimeoutMs),
    telemetry,
    callTimeoutMs,
    allowPrivateAddresses: environment.ALLOW_PRIVATE_ADDRESSES,
    now: Date.now,
    sleep: (ms) => setTimeout(ms),
    random: Math.random,
    newId: randomUUID,
  };
}

type Ids = Readonly<Record<string, string>>;

function credentialsWith(secretIds: Ids, refreshers: Ids, callTimeoutMs: number): (system: string) => CredentialSource {
  // It makes a call of its own, and starts cold.
  const refresherLimits = {
    requestHandler: { connectionTimeout: 1_000, requestTimeout: callTimeoutMs + 2_000, throwOnRequestTimeout: true },
  };
  const [secrets, lambda] = [new SecretsManagerClient(awsCallLimits), new LambdaClient(refresherLimits)];
  return (system) => {
    const secretId = secretIds[system];
    if (secretId === undefined) {
      throw new Error(`CREDENTIAL_SECRET_IDS lacks system "${system}". Deploy the stack this bundle belongs to.`);
    }
    const secret = createSecretReader(secrets, secretId, Date.now);
    const refresher = refreshers[system];
    if (refresher === undefined) return keptCredentials(secret);
    const ask = createTokenRefresher(lambda, refresher);
    return refreshedCredentials({ secret, ask, now: Date.now, sleep: (ms) => setTimeout(ms), random: Math.random });
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

import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { createStateTable } from '../functions/aws/dynamo-state-table.ts';
import { createIdempotencyStore } from '../functions/aws/idempotency-store.ts';
import { createLargeData } from '../functions/aws/large-data.ts';
import { createLimitStore } from '../functions/aws/limit-store.ts';
import { createParkedTable } from '../functions/aws/parked-table.ts';
import { createReleaseQueue } from '../functions/aws/release-queue.ts';
import { createS3 } from '../functions/aws/signed-s3.ts';
import type { LargeData } from '../functions/contract/large-data.ts';
import { type LimitStore, type Limits, limitsSchema } from '../functions/contract/limits.ts';
import {
  dataBucketOutput,
  limitsOutput,
  parkedTableOutput,
  queueUrlOutput,
  stageName,
  stateTableOutput,
} from '../functions/contract/names.ts';
import type { StateTable } from '../functions/contract/state-table.ts';
import type { DiscardServices } from '../functions/parking/discard.ts';
import { createOnce } from '../functions/state/once.ts';
import { createParkLists } from '../functions/state/park-lists.ts';
import { CommandError } from './errors.ts';
import { flowsOf, type Integration, type Part } from './parts.ts';
import { createRotation, createWebhookRotation, type Rotation, type WebhookRotation } from './rotation.ts';
import { createStageWebhooks, type StageWebhooks, type WebhookTarget } from './send/stage-webhooks.ts';
import { createFlowQueues, type FlowQueues } from './status/flow-queues.ts';
import type { MessageAges } from './status/message-ages.ts';
import { createStageLogs, type StageLogs } from './trace/stage-logs.ts';

/** What commands act on in one stage. */
export interface OpenStage {
  readonly table: StateTable;
  /** What an integration's parked events are looked at and settled with. */
  parkingOf(integration: string): DiscardServices & { readonly largeData: Pick<LargeData, 'read'> };
  /** How often an integration's systems may be called, by the system's name, and were called. */
  limitsOf(integration: string): Pick<LimitStore, 'read'> & { readonly limits: Readonly<Record<string, Limits>> };
  readonly queues: FlowQueues;
  readonly logs: StageLogs;
  /** How new credentials of a system come into force. */
  rotationOf(system: Part): Rotation;
  /** Where sources post their webhooks, and what they sign with. */
  readonly webhooks: StageWebhooks;
  /** How a new secret that signs its webhooks comes into force. */
  webhookRotationOf(system: Part): WebhookRotation;
}

/** What of a stage is not in its outputs. */
export interface StageOptions {
  readonly stage: string;
  readonly client: ClientOptions;
  /** Where S3 is, where it is not AWS: it is not called by a client of its own. */
  readonly s3Endpoint: string | undefined;
  readonly ages: MessageAges;
  /** Where webhooks are posted, by `<integration>/<source>`, where the stage's outputs don't tell. */
  readonly webhookTargets?: ReadonlyMap<string, WebhookTarget>;
}

/** How AWS is called for a stage: nothing of it is set where the caller's own environment tells. */
export type ClientOptions = Pick<
  DynamoDBClientConfig,
  'endpoint' | 'region' | 'credentials' | 'requestHandler' | 'maxAttempts'
>;

/** Output name -> value, of a stage's data stack. */
export type Outputs = ReadonlyMap<string, string>;

const limitsBySystem = v.pipe(v.string(), v.parseJson(), v.record(v.string(), limitsSchema));

/** AWS takes few reads of logs a second, and says so to those who read more. */
const maxAttempts = 10;

/** A command that ended in the middle of noting an event as done blocks it for so long. */
const longestWorkMs = 10_000;

/**
 * Makes of a stage's outputs what commands act on.
 * @throws {CommandError} where the stage was deployed by an older version: deploy it.
 */
export function connectStage(
  { stage, client, s3Endpoint: endpoint, ages, webhookTargets }: StageOptions,
  outputs: Outputs,
  integrations: readonly Integration[],
): OpenStage {
  const output = (name: string) => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new CommandError(`The stage's data stack has no output '${name}'. Deploy the stage, then give the command.`);
  };
  const dynamoDb = new DynamoDBClient(client);
  // A queue's URL may have another host than the endpoint: an emulator's has.
  const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });
  const [tableName, now] = [output(stateTableOutput), Date.now];
  const table = createStateTable(dynamoDb, tableName, now);
  return {
    table,
    limitsOf: (integration) => ({
      ...createLimitStore(dynamoDb, tableName, integration),
      limits: v.parse(limitsBySystem, outputs.get(limitsOutput(integration)) ?? '{}'),
    }),
    queues: createFlowQueues(sqs, ages, output),
    logs: createStageLogs(new CloudWatchLogsClient({ ...client, maxAttempts }), `/aws/lambda/${stageName(stage)}-`),
    rotationOf: (system) => createRotation({ stage, client }, system),
    webhooks: createStageWebhooks({ stage, client }, webhookTargets),
    webhookRotationOf: (system) => createWebhookRotation({ stage, client }, system),
    parkingOf: (integration) => ({
      store: createParkedTable(dynamoDb, output(parkedTableOutput), integration, now),
      lists: createParkLists(table, integration),
      largeData: createLargeData(
        createS3({ client: dynamoDb, bucket: output(dataBucketOutput), endpoint }),
        integration,
      ),
      releases: createReleaseQueue(sqs, queueUrlsOf(integration, integrations, outputs)),
      // What a command did, its own words tell.
      telemetry: { info: () => {}, count: () => {} },
      now,
      once: (flow) =>
        createOnce(createIdempotencyStore(dynamoDb, tableName), { integration, flow })(() => longestWorkMs),
    }),
  };
}

/** By flow; one that is not deployed yet has none. */
function queueUrlsOf(integration: string, integrations: readonly Integration[], outputs: Outputs) {
  const flows = flowsOf(integrations).filter((flow) => flow.integration === integration);
  return Object.fromEntries(
    flows.flatMap(({ name }) => {
      const url = outputs.get(queueUrlOutput(integration, name));
      return url === undefined ? [] : [[name, url]];
    }),
  );
}

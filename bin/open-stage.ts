import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import * as v from 'valibot';
import { s3EndpointOf } from '../functions/contract/environment.ts';
import { stageName } from '../functions/contract/names.ts';
import { clientOptions } from '../local/endpoint.ts';
import { readTextIfAny } from '../local/files.ts';
import { LocalError } from '../local/local-error.ts';
import { explainAwsError } from './aws-errors.ts';
import { type ClientOptions, connectStage, type OpenStage, type Outputs } from './connect-stage.ts';
import { CommandError, UnknownNameError } from './errors.ts';
import type { Integration } from './parts.ts';
import { root } from './root.ts';
import type { WebhookTarget } from './send/stage-webhooks.ts';
import { createMessageAges } from './status/message-ages.ts';

/** The stage that runs on one machine. */
export const localStage = 'local';

/** Everything that the local pipeline writes. */
export const localFolder = join(root, '.millrace');

/**
 * A running stage: the local one as the `local.json` in the folder tells, any other by the caller's AWS credentials and
 * region.
 * @throws {LocalError} where no local pipeline runs: start it first.
 * @throws {CommandError} where AWS does not give the stage: the message tells what is missing.
 */
export function openStage(
  stage: string,
  integrations: readonly Integration[],
  folder: string = localFolder,
): Promise<OpenStage> {
  return stage === localStage ? openLocalStage(integrations, folder) : openDeployedStage(stage, integrations);
}

const localFileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    endpoint: v.string(),
    caFile: v.string(),
    credentials: v.object({ accessKeyId: v.string(), secretAccessKey: v.string() }),
    webhooks: v.optional(v.record(v.string(), v.object({ url: v.string() })), {}),
  }),
);

async function openLocalStage(integrations: readonly Integration[], folder: string): Promise<OpenStage> {
  const path = join(folder, 'local.json');
  const file = v.safeParse(localFileSchema, await readTextIfAny(path));
  if (!file.success) {
    throw new LocalError(
      `No local pipeline is running (there is no ${path}). Run npm start first, or name a deployed one by --stage.`,
    );
  }
  const { endpoint, caFile, credentials, webhooks } = file.output;
  try {
    const client = { ...(await clientOptions({ url: endpoint, caFile })), credentials, maxAttempts: 2 };
    const outputs = await outputsOf(localStage, new CloudFormationClient(client));
    // An emulator tells nothing of its queues' ages.
    const ca = await readFile(caFile, 'utf8');
    const webhookTargets = new Map(
      Object.entries(webhooks).map(([source, { url }]): [string, WebhookTarget] => [source, { url, ca }]),
    );
    return connectStage(
      { stage: localStage, client, s3Endpoint: endpoint, ages: async () => new Map(), webhookTargets },
      outputs,
      integrations,
    );
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new LocalError(
      `The pipeline that ${path} tells of does not answer at ${endpoint} (${describe(error)}). Run npm start again.`,
    );
  }
}

async function openDeployedStage(stage: string, integrations: readonly Integration[]): Promise<OpenStage> {
  const client: ClientOptions = {
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
  const cloudFormation = new CloudFormationClient(client);
  const region = await cloudFormation.config.region().catch(() => undefined);
  if (!region)
    throw new CommandError('No AWS region is set. Set AWS_REGION, or AWS_PROFILE to a profile that has one.');
  try {
    const ages = createMessageAges(new CloudWatchClient(client), Date.now);
    const s3Endpoint = s3EndpointOf(process.env);
    return connectStage({ stage, client, s3Endpoint, ages }, await outputsOf(stage, cloudFormation), integrations);
  } catch (error) {
    if (isNoSuchStack(error)) throw await unknownStage(stage, region, cloudFormation);
    throw explainAwsError(error) ?? error;
  }
}

const dataStackOf = (stage: string) => `${stageName(stage)}-data`;

async function outputsOf(stage: string, client: CloudFormationClient): Promise<Outputs> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: dataStackOf(stage) }));
  const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
  return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/** CloudFormation's answer to a stack name that it does not know, or can't be one. */
function isNoSuchStack(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationError';
}

async function unknownStage(stage: string, region: string, client: CloudFormationClient): Promise<UnknownNameError> {
  // Only a help: whoever may not list stacks goes without.
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({})).catch(() => ({ Stacks: [] }));
  const pattern = new RegExp(`^${dataStackOf('(.+)')}$`);
  const known = Stacks.flatMap(({ StackName = '' }) => pattern.exec(StackName)?.[1] ?? []);
  const there = known.length > 0 ? `Deployed there: ${known.join(', ')}.` : 'No stage was found there.';
  return new UnknownNameError(
    `There is no stage '${stage}' in ${region} (no stack '${dataStackOf(stage)}'). ${there} ` +
      `Look at AWS_PROFILE and AWS_REGION, or deploy it: npx cdk deploy --all -c stage=${stage}`,
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

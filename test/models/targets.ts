import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { findEndpoint } from '../../local/emulator/find-endpoint.ts';
import { clientOptions } from '../../local/endpoint.ts';
import { LocalError } from '../../local/local-error.ts';
import type { Processes } from '../../local/processes/processes.ts';
import type { ShowStep } from '../../local/steps.ts';
import { onlyLoopback } from '../support/only-loopback.ts';
import { request } from '../support/request.ts';
import type { Endpoint } from './endpoint/resources.ts';

export interface Target extends Endpoint {
  /** For people: which one it is. */
  readonly name: string;
  /** Whether it is the emulator whose differences are listed. */
  readonly isKnown: boolean;
  close(): Promise<void>;
}

export interface LocalTargetOptions {
  /** An address on this machine. @default an emulator of our own, stopped by `close` */
  readonly url: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly processes: Processes;
  readonly signal: AbortSignal;
  readonly showStep: ShowStep;
}

const pythonFolder = join(import.meta.dirname, '..', '..', '.millrace', 'venv');

/** How long the emulator may take to end by itself, in milliseconds. */
const graceMs = 4_000;

/** An emulator on this machine. */
export async function openLocal({ url, showStep: step, ...options }: LocalTargetOptions): Promise<Target> {
  const given = url === undefined ? undefined : originOf(url);
  const folder = await mkdtemp(join(tmpdir(), 'millrace-models-'));
  const found = await findEndpoint({ given, folder, pythonFolder, step, ...options });
  const client = await clientOptions(found);
  return {
    name: `the endpoint ${found.url}`,
    sqs: new SQSClient(client),
    dynamoDb: new DynamoDBClient(client),
    patienceSeconds: 0,
    settlesInSeconds: 0,
    isKnown: found.emulator !== undefined || (await isMiniStack(found.url, found.caFile)),
    async close() {
      await found.emulator?.stop(graceMs);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function originOf(url: string): string {
  try {
    return new URL(onlyLoopback(url)).origin;
  } catch {
    throw new LocalError(`--endpoint is '${url}', which is no address of this machine. For AWS there is --aws.`);
  }
}

async function isMiniStack(url: string, caFile: string): Promise<boolean> {
  return (await request(`${url}/_ministack/health`, { caFile })).status === 200;
}

/**
 * AWS, with the credentials and the region that its SDK finds.
 * @throws {LocalError} where an environment variable would lead elsewhere, or there is no region or no credentials.
 */
export async function openAws(env: Readonly<Record<string, string>>): Promise<Target> {
  const elsewhere = Object.keys(env).find((name) => name.startsWith('AWS_ENDPOINT_URL'));
  if (elsewhere !== undefined) throw new LocalError(`${elsewhere} is set, which leads elsewhere. Unset it for --aws.`);
  const [sqs, dynamoDb] = [new SQSClient({}), new DynamoDBClient({})];
  const name = await describeAccount(sqs);
  return { name, sqs, dynamoDb, patienceSeconds: 5, settlesInSeconds: 1, isKnown: false, close: async () => {} };
}

async function describeAccount({ config }: SQSClient): Promise<string> {
  try {
    const [region, { accessKeyId, accountId }] = await Promise.all([config.region(), config.credentials()]);
    return `AWS (account ${accountId ?? 'of'} access key ...${accessKeyId.slice(-4)}, region ${region})`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LocalError(`AWS can't be reached: ${reason}. Set AWS_PROFILE or AWS_ACCESS_KEY_ID, and AWS_REGION.`);
  }
}

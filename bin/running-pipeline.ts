import { dirname, join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { createStateTable } from '../functions/aws/dynamo-state-table.ts';
import { stageName, stateTableOutput } from '../functions/contract/names.ts';
import type { StateTable } from '../functions/contract/state-table.ts';
import { clientOptions } from '../local/endpoint.ts';
import { readTextIfAny } from '../local/files.ts';
import { LocalError } from '../local/local-error.ts';

/** The stage that runs on one machine. */
export const localStage = 'local';

/** Everything that the local pipeline writes. */
export const localFolder = join(dirname(import.meta.dirname), '.millrace');

const localFileSchema = v.pipe(v.string(), v.parseJson(), v.object({ endpoint: v.string(), caFile: v.string() }));

/**
 * The state table of the pipeline that runs on this machine, found by the `local.json` in its folder.
 * @throws {LocalError} where none runs: start it first.
 */
export async function openLocalStateTable(folder: string): Promise<StateTable> {
  const path = join(folder, 'local.json');
  const file = v.safeParse(localFileSchema, await readTextIfAny(path));
  if (!file.success) throw new LocalError(`No local pipeline is running (there is no ${path}). Run npm start first.`);
  const { endpoint, caFile } = file.output;
  try {
    const options = { ...(await clientOptions({ url: endpoint, caFile })), maxAttempts: 2 };
    const name = await stateTableName(new CloudFormationClient(options));
    return createStateTable(new DynamoDBClient(options), name, Date.now);
  } catch (error) {
    if (error instanceof LocalError) throw error;
    throw new LocalError(
      `The pipeline that ${path} tells of does not answer at ${endpoint} (${describe(error)}). Run npm start again.`,
    );
  }
}

async function stateTableName(client: CloudFormationClient): Promise<string> {
  const stack = `${stageName(localStage)}-data`;
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
  const name = outputs.find(({ OutputKey }) => OutputKey === stateTableOutput)?.OutputValue;
  if (name !== undefined) return name;
  throw new LocalError(
    `The stack '${stack}' has no output '${stateTableOutput}'. Stop the pipeline and start it again.`,
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** Named to run last of all: it removes the pipeline that the other promise tests share. */
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { expect, inject, it } from 'vitest';
import { createCdk } from '../../local/cdk.ts';
import { createProcesses } from '../../local/processes/processes.ts';
import { aws } from '../support/clients.ts';
import { stage } from './support/names.ts';

const { cloudFormation, dynamoDb, lambda, logs, s3, secrets, sqs } = aws;

/** All that the account holds, of every kind that these clients can list. */
async function whatIsThere() {
  const [{ StackSummaries = [] }, { TableNames = [] }, { Functions = [] }, mappings, { Buckets = [] }, kept, queues] =
    await Promise.all([
      cloudFormation.send(new ListStacksCommand()),
      dynamoDb.send(new ListTablesCommand()),
      lambda.send(new ListFunctionsCommand()),
      lambda.send(new ListEventSourceMappingsCommand()),
      s3.send(new ListBucketsCommand()),
      secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true })),
      sqs.send(new ListQueuesCommand()),
    ]);
  const logGroups: string[] = [];
  for await (const page of paginateDescribeLogGroups({ client: logs }, {})) {
    logGroups.push(...(page.logGroups ?? []).map(({ logGroupName = '' }) => logGroupName));
  }
  return {
    stacks: StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map((each) => each.StackName),
    tables: TableNames,
    functions: Functions.map(({ FunctionName }) => FunctionName),
    mappings: mappings.EventSourceMappings?.map(({ UUID }) => UUID) ?? [],
    // The one that assets go through stays with the bootstrap stack.
    buckets: Buckets.flatMap(({ Name = '' }) => (Name.startsWith('cdk-') ? [] : [Name])),
    secrets: kept.SecretList?.map(({ Name }) => Name) ?? [],
    queues: queues.QueueUrls ?? [],
    logGroups,
  };
}

it('`cdk destroy` of the stage `local` leaves nothing but the bootstrap stack', async () => {
  const { endpoint, caFile, folder } = inject('pipeline');
  const before = await whatIsThere();
  expect(before.stacks.toSorted()).toEqual(['CDKToolkit', `millrace-${stage}-data`, `millrace-${stage}-pipeline`]);
  for (const [kind, things] of Object.entries(before)) expect(things.length, kind).toBeGreaterThan(0);

  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  const signal = new AbortController().signal;
  const cdk = createCdk({ folder, stage, env, processes: createProcesses(), signal });
  await cdk.destroy({ url: endpoint, caFile }, () => {});

  const none = { tables: [], functions: [], mappings: [], buckets: [], secrets: [], queues: [], logGroups: [] };
  expect(await whatIsThere()).toEqual({ stacks: ['CDKToolkit'], ...none });
});

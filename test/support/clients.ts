import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { onlyLoopback } from './only-loopback.ts';

/** The emulator's root key pair: with IAM enforced, it may do everything. */
export const rootCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** One client of each service that the tests look into. */
export const aws = awsClients();

function awsClients() {
  const { endpoint, region, caFile } = inject('pipeline');
  const options = {
    endpoint: onlyLoopback(endpoint),
    region,
    credentials: rootCredentials,
    requestHandler: { httpsAgent: new Agent({ ca: readFileSync(caFile, 'utf8'), keepAlive: true }) },
  };
  return {
    cloudFormation: new CloudFormationClient(options),
    dynamoDb: new DynamoDBClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    // Here buckets have no hosts of their own.
    s3: new S3Client({ ...options, forcePathStyle: true }),
    secrets: new SecretsManagerClient(options),
    sqs: new SQSClient(options),
  };
}

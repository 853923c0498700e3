import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import { awsCallLimits } from '../aws/call-limits.ts';
import { createStateTable } from '../aws/dynamo-state-table.ts';
import { createSecretReader } from '../aws/secret-reader.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import type { FetchToken } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import { parseEnvironment, refreshEnvironment } from '../contract/environment.ts';
import { parseRefreshRequest, type RefreshAnswer } from '../contract/tokens.ts';
import { createTokens } from '../state/tokens.ts';
import { type RefreshServices, refresh } from './refresh.ts';

/** Whose tokens it makes, and how. */
export interface RefreshDefinition {
  readonly integration: string;
  readonly system: string;
  readonly fetchToken: FetchToken;
}

/** Called by AWS: on a schedule, and by delivery when it finds no token or gets a 401. */
export function createHandler(definition: RefreshDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = connectAws(definition, logger, metrics);
  return middy<unknown, RefreshAnswer>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler((event, context) => {
      const remainingMs = () => context.getRemainingTimeInMillis();
      return refresh(parseRefreshRequest(event), { ...services, remainingMs });
    });
}

/** Once per cold start. */
function connectAws(
  { integration, system, fetchToken }: RefreshDefinition,
  logger: Logger,
  metrics: Metrics,
): Omit<RefreshServices, 'remainingMs'> {
  const environment = parseEnvironment(refreshEnvironment, process.env);
  const { CLIENT_SECRET_ID, TOKEN_SECRET_ID, CALL_TIMEOUT_MS: timeoutMs } = environment;
  const client = new SecretsManagerClient(awsCallLimits);
  const secret = createSecretReader(client, CLIENT_SECRET_ID, Date.now);
  const table = createStateTable(new DynamoDBClient(awsCallLimits), environment.STATE_TABLE, Date.now);
  const http = createHttp();
  return {
    system,
    tokens: createTokens(table, integration),
    rules: environment.AUTH_POLICY,
    // Read anew each time: the operator may just have replaced what was refused.
    readCredentials: () => secret.reread(0),
    fetchToken: (credentials) => fetchToken(credentials, { http, now: Date.now, timeoutMs }),
    storeToken: async (SecretString) => {
      await client.send(new PutSecretValueCommand({ SecretId: TOKEN_SECRET_ID, SecretString }));
    },
    telemetry: powertoolsTelemetry(logger, metrics),
    now: Date.now,
    newId: randomUUID,
  };
}

import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsCallLimits } from '../aws/call-limits.ts';
import { createStateTable } from '../aws/dynamo-state-table.ts';
import { createLambda } from '../aws/lambda.ts';
import { createSecretReader } from '../aws/secret-reader.ts';
import type { FetchToken } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import { parseEnvironment, refreshEnvironment } from '../contract/environment.ts';
import type { Telemetry } from '../contract/telemetry.ts';
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
  return createLambda<unknown, RefreshAnswer>((telemetry) => {
    const services = connectAws(definition, telemetry);
    return (event, context) => {
      const remainingMs = () => context.getRemainingTimeInMillis();
      return refresh(parseRefreshRequest(event), { ...services, remainingMs });
    };
  });
}

/** Once per cold start. */
function connectAws(
  { integration, system, fetchToken }: RefreshDefinition,
  telemetry: Telemetry,
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
    telemetry,
    now: Date.now,
    newId: randomUUID,
  };
}

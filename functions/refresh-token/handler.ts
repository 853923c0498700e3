import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import { awsCallLimits } from '../aws/call-limits.ts';
import { createSecretReader } from '../aws/secret-reader.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import type { FetchToken } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import { parseEnvironment, refreshEnvironment } from '../contract/environment.ts';
import { type RefreshServices, refresh } from './refresh.ts';

/** Called by AWS: on a schedule, and by delivery when it finds no token or gets a 401. */
export function createHandler({ fetchToken }: { readonly fetchToken: FetchToken }) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = buildServices(fetchToken, logger, metrics);
  return middy<unknown, void>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler(() => refresh(services));
}

/** Once per cold start. */
function buildServices(fetchToken: FetchToken, logger: Logger, metrics: Metrics): RefreshServices {
  const environment = parseEnvironment(refreshEnvironment, process.env);
  const { CLIENT_SECRET_ID, TOKEN_SECRET_ID, CALL_TIMEOUT_MS: timeoutMs } = environment;
  const client = new SecretsManagerClient(awsCallLimits);
  const secret = createSecretReader(client, CLIENT_SECRET_ID, Date.now);
  const http = createHttp();
  return {
    // Read anew each time: the operator may just have replaced what was refused.
    readCredentials: () => secret.reread(0),
    fetchToken: (credentials) => fetchToken(credentials, { http, now: Date.now, timeoutMs }),
    storeToken: async (SecretString) => {
      await client.send(new PutSecretValueCommand({ SecretId: TOKEN_SECRET_ID, SecretString }));
    },
    telemetry: powertoolsTelemetry(logger, metrics),
  };
}

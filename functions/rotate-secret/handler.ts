import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { createSecretVersions } from '../aws/secret-versions.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import type { CheckCredentials, NeededRights } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import { parseEnvironment, rotateEnvironment } from '../contract/environment.ts';
import { parseRotation } from '../contract/rotation.ts';
import { type RotateServices, rotate } from '../rotation/rotate.ts';
import { checkTaken } from './check-taken.ts';

/** Whose credentials it brings into force, and how they are tried. */
export interface RotateDefinition {
  readonly system: string;
  readonly apiVersion: string;
  readonly needed: NeededRights;
  readonly check: CheckCredentials;
}

/** Called by `millrace rotate`: once for each step. */
export function createHandler(definition: RotateDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = connectAws(definition, logger, metrics);
  return middy<unknown, void>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler((event) => rotate(parseRotation(event), services));
}

/** Once per cold start. */
function connectAws(
  { system, apiVersion, needed, check }: RotateDefinition,
  logger: Logger,
  metrics: Metrics,
): RotateServices {
  const environment = parseEnvironment(rotateEnvironment, process.env);
  const { CREDENTIALS_SECRET_ID, CALL_TIMEOUT_MS: timeoutMs } = environment;
  const http = createHttp();
  return {
    system,
    versions: createSecretVersions(CREDENTIALS_SECRET_ID),
    check: async (credentials) =>
      checkTaken(await check(credentials, needed, { apiVersion, http, now: Date.now, timeoutMs, newId: randomUUID })),
    telemetry: powertoolsTelemetry(logger, metrics),
  };
}

import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import * as v from 'valibot';
import { awsCallLimits } from '../aws/call-limits.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import type { CheckCredentials, NeededRights } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import { parseEnvironment, rotateEnvironment } from '../contract/environment.ts';
import { rotationSteps } from '../contract/rotation.ts';
import { type RotateServices, rotate } from './rotate.ts';

/** Whose credentials it brings into force, and how they are tried. */
export interface RotateDefinition {
  readonly system: string;
  readonly apiVersion: string;
  readonly needed: NeededRights;
  readonly check: CheckCredentials;
}

/** What Secrets Manager sends to a rotation function, as far as it is needed: which secret it is, the grants tell. */
const eventSchema = v.pipe(
  v.object({ Step: v.picklist(rotationSteps), ClientRequestToken: v.pipe(v.string(), v.nonEmpty()) }),
  v.transform(({ Step: step, ClientRequestToken: version }) => ({ step, version })),
);

/** Called by `millrace rotate`: once for each step. */
export function createHandler(definition: RotateDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = connectAws(definition, logger, metrics);
  return middy<unknown, void>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler((event) => rotate(v.parse(eventSchema, event), services));
}

/** Once per cold start. */
function connectAws(
  { system, apiVersion, needed, check }: RotateDefinition,
  logger: Logger,
  metrics: Metrics,
): RotateServices {
  const environment = parseEnvironment(rotateEnvironment, process.env);
  const { CREDENTIALS_SECRET_ID: SecretId, CALL_TIMEOUT_MS: timeoutMs } = environment;
  const client = new SecretsManagerClient(awsCallLimits);
  const http = createHttp();
  return {
    system,
    readLabels: async () => {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
      return new Map(Object.entries(VersionIdsToStages));
    },
    readVersion: async (VersionId) => {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionId }));
      return SecretString === '' ? undefined : SecretString;
    },
    check: (credentials) =>
      check(credentials, needed, { apiVersion, http, now: Date.now, timeoutMs, newId: randomUUID }),
    promote: async (version, from) => {
      const move = { MoveToVersionId: version, ...(from !== undefined && { RemoveFromVersionId: from }) };
      await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...move }));
    },
    telemetry: powertoolsTelemetry(logger, metrics),
  };
}

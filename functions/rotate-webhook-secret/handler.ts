import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { createSecretVersions } from '../aws/secret-versions.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import { parseEnvironment, rotateWebhookEnvironment } from '../contract/environment.ts';
import { parseRotation } from '../contract/rotation.ts';
import { type RotateServices, rotate } from '../rotation/rotate.ts';
import { checkValue, makeValue, type WebhookSecretRules } from './webhook-value.ts';

/** Whose webhooks the secret signs, and how. */
export interface RotateWebhookDefinition extends Pick<WebhookSecretRules, 'scheme' | 'sign' | 'newSecret'> {
  readonly system: string;
}

/** Called by `millrace rotate`: once for each step. */
export function createHandler(definition: RotateWebhookDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = connectAws(definition, logger, metrics);
  return middy<unknown, void>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler((event) => rotate(parseRotation(event), services));
}

/** Once per cold start. */
function connectAws({ system, ...how }: RotateWebhookDefinition, logger: Logger, metrics: Metrics): RotateServices {
  const environment = parseEnvironment(rotateWebhookEnvironment, process.env);
  const versions = createSecretVersions(environment.WEBHOOK_SECRET_ID);
  const rules: WebhookSecretRules = { ...how, clocks: environment.WEBHOOK_SECRET_CLOCKS, now: Date.now };
  return {
    system,
    versions,
    make: (version, inForce) => versions.put(version, makeValue(inForce, rules)),
    check: async (value, inForce) => checkValue(value, await inForce(), rules),
    telemetry: powertoolsTelemetry(logger, metrics),
  };
}

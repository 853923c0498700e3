import { createLambda } from '../aws/lambda.ts';
import { createSecretVersions } from '../aws/secret-versions.ts';
import { parseEnvironment, rotateWebhookEnvironment } from '../contract/environment.ts';
import { parseRotation } from '../contract/rotation.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { type RotateServices, rotate } from '../rotation/rotate.ts';
import { checkValue, makeValue, type WebhookSecretRules } from './webhook-value.ts';

/** Whose webhooks the secret signs, and how. */
export interface RotateWebhookDefinition extends Pick<WebhookSecretRules, 'scheme' | 'sign' | 'newSecret'> {
  readonly system: string;
}

/** Called by `millrace rotate`: once for each step. */
export function createHandler(definition: RotateWebhookDefinition) {
  return createLambda<unknown, void>((telemetry) => {
    const services = connectAws(definition, telemetry);
    return (event) => rotate(parseRotation(event), services);
  });
}

/** Once per cold start. */
function connectAws({ system, ...how }: RotateWebhookDefinition, telemetry: Telemetry): RotateServices {
  const environment = parseEnvironment(rotateWebhookEnvironment, process.env);
  const versions = createSecretVersions(environment.WEBHOOK_SECRET_ID);
  const rules: WebhookSecretRules = { ...how, clocks: environment.WEBHOOK_SECRET_CLOCKS, now: Date.now };
  return {
    system,
    versions,
    make: (version, inForce) => versions.put(version, makeValue(inForce, rules)),
    check: async (value, inForce) => checkValue(value, await inForce(), rules),
    telemetry,
  };
}

import { randomUUID } from 'node:crypto';
import { createLambda } from '../aws/lambda.ts';
import { createSecretVersions } from '../aws/secret-versions.ts';
import type { CheckCredentials, NeededRights } from '../connectors/connector.ts';
import { createHttp } from '../connectors/http/client.ts';
import { parseEnvironment, rotateEnvironment } from '../contract/environment.ts';
import { parseRotation } from '../contract/rotation.ts';
import type { Telemetry } from '../contract/telemetry.ts';
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
  return createLambda<unknown, void>((telemetry) => {
    const services = connectAws(definition, telemetry);
    return (event) => rotate(parseRotation(event), services);
  });
}

/** Once per cold start. */
function connectAws({ system, apiVersion, needed, check }: RotateDefinition, telemetry: Telemetry): RotateServices {
  const environment = parseEnvironment(rotateEnvironment, process.env);
  const { CREDENTIALS_SECRET_ID, CALL_TIMEOUT_MS: timeoutMs } = environment;
  const http = createHttp();
  return {
    system,
    versions: createSecretVersions(CREDENTIALS_SECRET_ID),
    check: async (credentials) =>
      checkTaken(await check(credentials, needed, { apiVersion, http, now: Date.now, timeoutMs, newId: randomUUID })),
    telemetry,
  };
}

import { bundleName } from '../../functions/contract/names.ts';
import type { Integration } from '../../functions/specification/integration.ts';
import { hasOwnSecret } from '../../functions/specification/system.ts';
import type { NamedSecret } from '../bindings.ts';
import { functionName } from '../naming.ts';
import type { Stage } from '../stage.ts';
import type { IntegrationData } from './integration-data.ts';

/** A secret that people replace by `millrace rotate`. */
export interface RotatedSecret {
  readonly secret: NamedSecret;
  /** `people` supply an API key; of what `millrace` makes, they are handed the new value. */
  readonly madeBy: 'people' | 'millrace';
  /** Brings it into force. */
  readonly functionName: string;
}

/** Those of one integration. */
export function rotatedSecrets(stage: Stage, integration: Integration, data: IntegrationData): RotatedSecret[] {
  return Object.values(integration.systems).flatMap((system): RotatedSecret[] => {
    const { credentials, webhook } = data.secretsOf(system.name);
    const nameOf = (part: 'rotate-secret' | 'rotate-webhook-secret') =>
      functionName(stage.name, integration.name, bundleName(part, system.name));
    const apiKey = system.auth === 'api-key' ? credentials : undefined;
    const own = hasOwnSecret(system) ? webhook : undefined;
    return [
      ...(apiKey ? [{ secret: apiKey, madeBy: 'people' as const, functionName: nameOf('rotate-secret') }] : []),
      ...(own ? [{ secret: own, madeBy: 'millrace' as const, functionName: nameOf('rotate-webhook-secret') }] : []),
    ];
  });
}

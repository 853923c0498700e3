import { bundleName, secretName } from '../../../functions/contract/names.ts';
import { functionName } from '../../../lib/naming.ts';

/** The stage that is deployed here, and the integration that these tests drive. */
export const stage = 'local';
export const integration = 'salesforce-stripe';

/** Where the two systems post, as `postSigned` names them. */
export const sources = { stripe: `${integration}/stripe`, salesforce: `${integration}/salesforce` } as const;

export function functionOf(part: Parameters<typeof bundleName>[0], of: string): string {
  return functionName(stage, integration, bundleName(part, of));
}

export function secretOf(system: string, purpose: Parameters<typeof secretName>[3]): string {
  return secretName(stage, integration, system, purpose);
}

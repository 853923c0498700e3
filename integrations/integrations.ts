import type { Integration } from '../functions/specification/integration.ts';
import salesforceStripe from './salesforce-stripe/integration.ts';

/** Every integration that is deployed: a new one is one line here. */
export const integrations: readonly Integration[] = [salesforceStripe];

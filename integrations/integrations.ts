import type { Integration } from '../functions/specification/integration.ts';
import githubPush from './github-push/integration.ts';
import salesforceStripe from './salesforce-stripe/integration.ts';

/** Every integration that is deployed: a new one is two lines here. */
export const integrations: readonly Integration[] = [salesforceStripe, githubPush];

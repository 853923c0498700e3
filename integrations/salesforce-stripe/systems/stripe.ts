import { readBridgedStripeEvent } from '../../../functions/connectors/stripe/bridge.ts';
import { readStripeEvent } from '../../../functions/connectors/stripe/webhook.ts';
import { stripe as stripeSignature } from '../../../functions/signatures/stripe.ts';
import { defineSystem } from '../../../functions/specification/system.ts';

/** Billing: the customers that pay. */
export default defineSystem({
  name: 'stripe',
  connector: 'stripe',
  apiVersion: '2026-10-28.endive',
  auth: 'api-key',
  // What a sandbox takes, and one endpoint in live mode (https://docs.stripe.com/rate-limits).
  limits: { perSecond: { rate: 25, burst: 25 } },
  webhook: { scheme: stripeSignature(), reader: readStripeEvent },
  // The second door: open in the stages that name its partner event source (`partnerSources`).
  bridge: { reader: readBridgedStripeEvent },
});

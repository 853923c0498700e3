import { readStripeEvent } from '../../../functions/connectors/stripe/webhook.ts';
import { stripe as stripeSignature } from '../../../functions/signatures/stripe.ts';
import { defineSystem } from '../../../functions/specification/system.ts';

/** Billing: the customers that pay. */
export default defineSystem({
  name: 'stripe',
  connector: 'stripe',
  apiVersion: '2026-10-28.endive',
  auth: 'api-key',
  webhook: { scheme: stripeSignature(), reader: readStripeEvent },
});

import * as v from 'valibot';
import { defineFlow } from '../../../functions/specification/flow.ts';
import { customerAccount } from '../mappings/customer-account.ts';

const customerEvent = v.object({
  id: v.string(),
  type: v.string(),
  data: v.object({
    object: v.object({ id: v.pipe(v.string(), v.startsWith('cus_')), object: v.literal('customer') }),
  }),
});

/** A new or changed Stripe Customer becomes, or changes, a Salesforce Account. */
export default defineFlow({
  name: 'stripe-customer-to-account',
  source: {
    system: 'stripe',
    events: ['customer.created', 'customer.updated'],
    schema: customerEvent,
    key: (event) => event.data.object.id,
  },
  mapping: customerAccount,
  direction: 'right',
  operation: 'upsert',
});

import * as v from 'valibot';
import { recordId18 } from '../../../functions/connectors/salesforce/record-id.ts';
import { defineFlow } from '../../../functions/specification/flow.ts';
import { customerAccount } from '../mappings/customer-account.ts';

const accountId = v.pipe(
  v.string(),
  v.check((text) => recordId18(text) !== undefined, 'must be a Salesforce record id'),
  v.startsWith('001', 'must be the id of an Account'),
  v.transform((text) => recordId18(text) ?? text),
);

const accountCallout = v.object({
  id: v.string(),
  organizationId: v.string(),
  object: v.literal('Account'),
  changeType: v.string(),
  recordId: accountId,
});

/** A new or changed Salesforce Account becomes, or changes, a Stripe Customer. */
export default defineFlow({
  name: 'account-to-stripe-customer',
  source: {
    system: 'salesforce',
    events: ['Account.CREATE', 'Account.UPDATE', 'Account.UNDELETE'],
    schema: accountCallout,
    key: (event) => event.recordId,
  },
  mapping: customerAccount,
  direction: 'left',
  operation: 'update-or-create',
  tracing: true,
});

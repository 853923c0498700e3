import { expect, test } from 'vitest';
import { endsOf, type Flow } from '../../../functions/specification/flow.ts';
import toCustomer from '../../../integrations/salesforce-stripe/flows/account-to-stripe-customer.ts';
import toAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';

test('a flow reads the side that it does not write, and knows the link on each', () => {
  const flows: Flow[] = [toAccount, toCustomer];

  const ends = flows.map((flow) => {
    const { source, destination } = endsOf(flow);
    return [source.object.object, source.link, destination.object.object, destination.link];
  });

  expect(ends).toEqual([
    ['customer', 'metadata.salesforce_account_id', 'Account', 'Stripe_Customer_Id__c'],
    ['Account', 'Stripe_Customer_Id__c', 'customer', 'metadata.salesforce_account_id'],
  ]);
});

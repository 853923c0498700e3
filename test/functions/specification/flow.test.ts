import { expect, test } from 'vitest';
import { endsOf, type Flow, systemsCalledBy } from '../../../functions/specification/flow.ts';
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

const withoutReading: Flow = { ...toAccount, payload: 'event' };

test('a flow calls its source to read it or to link it, and not at all where the event tells everything', () => {
  const { link: _, ...unlinked } = toAccount.mapping;
  const oneWay: Flow = { ...withoutReading, mapping: unlinked };
  const destinationOnly: Flow = {
    ...withoutReading,
    mapping: { ...unlinked, link: { right: 'Stripe_Customer_Id__c' } },
  };

  const called = [toAccount, withoutReading, oneWay, destinationOnly].map(systemsCalledBy);

  expect(called).toEqual([['stripe', 'salesforce'], ['stripe', 'salesforce'], ['salesforce'], ['salesforce']]);
});

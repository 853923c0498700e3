import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { flowsFrom } from '../../../functions/specification/integration.ts';
import { validateIntegrations } from '../../../functions/specification/validate.ts';
import { integrations } from '../../../integrations/integrations.ts';
import toCustomer from '../../../integrations/salesforce-stripe/flows/account-to-stripe-customer.ts';
import toAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import salesforceStripe from '../../../integrations/salesforce-stripe/integration.ts';

const payload = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/payloads/${name}.json`, import.meta.url), 'utf8'));

function callout(changes: Record<string, unknown> = {}) {
  return {
    id: 'callout-1',
    organizationId: '00D5f000005KcCnEAK',
    object: 'Account',
    changeType: 'UPDATE',
    recordId: '0015f00002J9YYEAA3',
    ...changes,
  };
}

describe('the shipped integration', () => {
  test('is valid', () => {
    const validate = () => validateIntegrations(integrations);

    expect(integrations).toContain(salesforceStripe);
    expect(validate).not.toThrow();
  });

  test('has one flow from each system', () => {
    const flows = ['stripe', 'salesforce'].map((system) => flowsFrom(salesforceStripe, system));

    expect(flows).toEqual([[toAccount], [toCustomer]]);
  });
});

describe("Stripe's events", () => {
  test.each([
    { name: 'stripe.customer.created.2020-08-27', key: 'cus_00000000000000' },
    { name: 'stripe.customer.updated.2020-08-27', key: 'cus_00000000000000' },
    { name: 'stripe.customer.updated.current.derived', key: 'cus_QXg1o8vcGmoR32' },
  ])('$name is wanted, valid, and about $key', ({ name, key }) => {
    const event = payload(name);

    const parsed = v.parse(toAccount.source.schema, event);

    expect(toAccount.source.events).toContain(event.type);
    expect(toAccount.source.key(parsed)).toBe(key);
  });

  test('about a deleted customer are not wanted', () => {
    const event = payload('stripe.customer.deleted.2020-08-27');

    const wanted = toAccount.source.events.includes(event.type);

    expect(wanted).toBe(false);
  });

  test.each([
    { title: 'an object of another kind', object: { id: 'cus_1', object: 'subscription' } },
    { title: 'an id of another kind', object: { id: 'sub_1', object: 'customer' } },
    { title: 'no id', object: { object: 'customer' } },
  ])('with $title are invalid', ({ object }) => {
    const event = { ...payload('stripe.customer.updated.2020-08-27'), data: { object } };

    const valid = v.is(toAccount.source.schema, event);

    expect(valid).toBe(false);
  });
});

describe("Salesforce's callouts", () => {
  test.each(['0015f00002J9YYE', '0015f00002J9YYEAA3', '0015f00002J9YYEaa3'])(
    'about %s have one and the same key',
    (recordId) => {
      const parsed = v.parse(toCustomer.source.schema, callout({ recordId }));

      const key = toCustomer.source.key(parsed);

      expect(key).toBe('0015f00002J9YYEAA3');
    },
  );

  test.each([
    { title: 'a record of another object', changes: { recordId: '003ak00000IiFInAAN' } },
    { title: 'a checksum that does not fit', changes: { recordId: '0015f00002J9YYEAAA' } },
    { title: 'no record', changes: { recordId: undefined } },
    { title: 'another object', changes: { object: 'Contact' } },
    { title: 'no organization', changes: { organizationId: undefined } },
  ])('with $title are invalid', ({ changes }) => {
    const event = callout(changes);

    const valid = v.is(toCustomer.source.schema, event);

    expect(valid).toBe(false);
  });
});

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { salesforce } from '../../../functions/connectors/salesforce/objects.ts';
import { stripe } from '../../../functions/connectors/stripe/objects.ts';
import { defineFlow } from '../../../functions/specification/flow.ts';
import { defineIntegration, flowsFrom } from '../../../functions/specification/integration.ts';
import { asIs, defineMapping, field } from '../../../functions/specification/mapping.ts';
import { defineSystem } from '../../../functions/specification/system.ts';
import { withFields } from '../../../functions/specification/with-fields.ts';

/**
 * What must not compile is marked `@ts-expect-error`: `tsc` fails where it compiles after all. What is declared comes
 * back as it is, so each test also shows that the mistake is the only one.
 */
const left = withFields(stripe.customer, { 'metadata.account': 'text' });
const right = withFields(salesforce.account, { Customer__c: 'text' });
const name = field({ left: 'name', right: 'Name', toRight: asIs, toLeft: asIs });
const link = { left: 'metadata.account', right: 'Customer__c' } as const;
const mapping = defineMapping({ name: 'pair', left, right, link, fields: [name] });

const billing = defineSystem({ name: 'stripe', connector: 'stripe', apiVersion: '1', auth: 'api-key' });
const flow = defineFlow({
  name: 'to-account',
  source: { system: 'stripe', events: ['customer.updated'], schema: v.object({ id: v.string() }), key: ({ id }) => id },
  mapping,
  direction: 'right',
  operation: 'upsert',
});

describe('a mapping does not compile with', () => {
  test('a left field that its object has not', () => {
    const declared = defineMapping({
      name: 'pair',
      left,
      right,
      link,
      // @ts-expect-error Stripe's customer has no `nmae`
      fields: [name, field({ left: 'nmae', right: 'Phone', toRight: asIs })],
    });

    expect(declared.fields).toHaveLength(2);
  });

  test('a right field that its object has not', () => {
    const declared = defineMapping({
      name: 'pair',
      left,
      right,
      link,
      // @ts-expect-error Salesforce's Account has no `name`: names are case-sensitive
      fields: [name, field({ left: 'phone', right: 'name', toRight: asIs })],
    });

    expect(declared.fields).toHaveLength(2);
  });

  test('a custom field that was not declared', () => {
    const declared = defineMapping({
      name: 'pair',
      left,
      right,
      link,
      // @ts-expect-error withFields() declares Customer__c alone
      fields: [name, field({ left: 'phone', right: 'Phone__c', toRight: asIs })],
    });

    expect(declared.fields).toHaveLength(2);
  });

  test('a link on the left that its object has not', () => {
    const declared = defineMapping({
      name: 'pair',
      left,
      right,
      // @ts-expect-error the customer of this mapping has `metadata.account`
      link: { left: 'metadata.acount', right: 'Customer__c' },
      fields: [name],
    });

    expect(declared.link?.left).toBe('metadata.acount');
  });

  test('a link on the right that its object has not', () => {
    const declared = defineMapping({
      name: 'pair',
      left,
      right,
      // @ts-expect-error the Account of this mapping has `Customer__c`
      link: { left: 'metadata.account', right: 'Stripe_Customer_Id__c' },
      fields: [name],
    });

    expect(declared.link?.right).toBe('Stripe_Customer_Id__c');
  });

  test('a transform that makes no value of a field', () => {
    // @ts-expect-error a date is no field's value
    const declared = field({ left: 'name', right: 'Name', toRight: () => new Date(0) });

    expect(declared.left).toBe('name');
  });

  test('a transform that takes text for a number', () => {
    // @ts-expect-error text has no toFixed; a parameter's type says what the field holds
    const declared = field({ left: 'name', right: 'Name', toRight: (value) => value.toFixed(2) });

    expect(declared.left).toBe('name');
  });
});

describe('a flow does not compile with', () => {
  test('a key of an event that its schema does not have', () => {
    const schema = v.object({ id: v.string() });
    const declared = defineFlow({
      ...flow,
      // @ts-expect-error the schema has `id` alone
      source: { system: 'stripe', events: ['customer.updated'], schema, key: (event) => event.customer },
    });

    expect(declared.name).toBe('to-account');
  });

  test('a direction or an operation that nobody knows', () => {
    const declared = [
      // @ts-expect-error 'right' or 'left'
      defineFlow({ ...flow, direction: 'up' }),
      // @ts-expect-error 'upsert', 'update-or-create', 'put' or 'append'
      defineFlow({ ...flow, operation: 'insert' }),
    ];

    expect(declared).toHaveLength(2);
  });

  test('a policy that nobody knows', () => {
    // @ts-expect-error it is `attempts`
    const declared = defineFlow({ ...flow, policies: { retry: { atempts: 3 } } });

    expect(declared.policies).toEqual({ retry: { atempts: 3 } });
  });
});

describe('an integration does not compile with', () => {
  test('a source that is none of its systems', () => {
    const crm = defineSystem({ name: 'crm', connector: 'salesforce', apiVersion: '1', auth: 'client-credentials' });
    const declared = defineIntegration({
      name: 'pair',
      systems: { crm },
      mappings: { pair: mapping },
      // @ts-expect-error its events come from `stripe`, which is not among the systems
      flows: { 'to-account': flow },
    });

    expect(flowsFrom(declared, 'crm')).toEqual([]);
  });

  test('a flow under another name', () => {
    const declared = defineIntegration({
      name: 'pair',
      systems: { stripe: billing },
      mappings: { pair: mapping },
      // @ts-expect-error the flow's name is `to-account`
      flows: { 'to-acount': flow },
    });

    expect(Object.keys(declared.flows)).toEqual(['to-acount']);
  });

  test('a system under another name', () => {
    const declared = defineIntegration({
      name: 'pair',
      // @ts-expect-error the second system's name is `stripe`, too
      systems: { stripe: billing, strpe: billing },
      mappings: { pair: mapping },
      flows: { 'to-account': flow },
    });

    expect(Object.keys(declared.systems)).toEqual(['stripe', 'strpe']);
  });

  test('a connector that does not exist', () => {
    // @ts-expect-error there is one for Stripe, for Salesforce, and two for plain HTTP
    const declared = defineSystem({ name: 'crm', connector: 'hubspot', apiVersion: '1', auth: 'api-key' });

    expect(declared.connector).toBe('hubspot');
  });
});

describe('a plain HTTP system does not compile with', () => {
  const routes = { order: { write: 'PUT /orders/{id}' } } as const;

  test('a route without its method, or with one that it is not for', () => {
    const declared = [
      defineSystem({
        name: 'shop',
        connector: 'rest',
        // @ts-expect-error a route begins with its method
        rest: { auth: 'bearer', routes: { order: { write: '/orders/{id}' } }, probe: 'GET /health' },
      }),
      defineSystem({
        name: 'shop',
        connector: 'rest',
        // @ts-expect-error a read is a GET
        rest: { auth: 'bearer', routes: { order: { read: 'POST /orders/{id}' } }, probe: 'GET /health' },
      }),
    ];

    expect(declared).toHaveLength(2);
  });

  test('no probe, or a sign-in that nobody knows', () => {
    const declared = [
      // @ts-expect-error without a probe nothing tells that it is back
      defineSystem({ name: 'shop', connector: 'rest', rest: { auth: 'bearer', routes } }),
      // @ts-expect-error 'bearer', 'basic' or { header }
      defineSystem({ name: 'shop', connector: 'rest', rest: { auth: 'digest', routes, probe: 'GET /health' } }),
    ];

    expect(declared).toHaveLength(2);
  });

  test('what belongs to another connector', () => {
    const declared = [
      // @ts-expect-error it has routes, and no documents
      defineSystem({ name: 'shop', connector: 'rest', graphql: { auth: 'bearer', operations: {} } }),
      // @ts-expect-error without a connector there is nothing to sign in to
      defineSystem({ name: 'shop', auth: 'api-key', apiVersion: '1' }),
    ];

    expect(declared).toHaveLength(2);
  });
});

describe('what is right compiles, and comes back as declared', () => {
  test('an integration has no policies of its own unless it names some', () => {
    const declared = defineIntegration({
      name: 'pair',
      systems: { stripe: billing },
      mappings: { pair: mapping },
      flows: { 'to-account': flow },
    });

    expect(declared).toEqual({
      name: 'pair',
      systems: { stripe: billing },
      mappings: { pair: mapping },
      flows: { 'to-account': flow },
      policies: {},
    });
    expect(flowsFrom(declared, 'stripe')).toEqual([flow]);
  });

  test('custom fields join the standard ones, and leave these alone', () => {
    const fields = Object.keys(right.fields);

    expect(fields).toEqual([...Object.keys(salesforce.account.fields), 'Customer__c']);
    expect(salesforce.account.fields).not.toHaveProperty('Customer__c');
  });
});

import { expect, test } from 'vitest';
import { metricNames } from '../../../functions/contract/metric-names.ts';
import {
  bundleName,
  deadLetterAttributes,
  outputName,
  queueUrlOutput,
  secretName,
  webhookPath,
} from '../../../functions/contract/names.ts';

test('names are those that operators, users and the local tools rely on', () => {
  const names = [
    secretName('dev', 'salesforce-stripe', 'stripe', 'webhook'),
    webhookPath('salesforce-stripe', 'stripe'),
    bundleName('deliver-event', 'stripe-customer-to-account'),
    outputName('WebhookUrl', 'salesforce-stripe', 'stripe'),
    queueUrlOutput('salesforce-stripe', 'stripe-customer-to-account'),
  ];

  expect(names).toEqual([
    'millrace-dev/salesforce-stripe/stripe/webhook',
    '/v1/webhooks/salesforce-stripe/stripe',
    'deliver-event-stripe-customer-to-account',
    'WebhookUrlSalesforceStripeStripe',
    'QueueUrlSalesforceStripeStripeCustomerToAccount',
  ]);
});

test('a dead letter has no more attributes than SQS takes', () => {
  const attributes = new Set(deadLetterAttributes);

  expect(attributes.size).toBe(deadLetterAttributes.length);
  expect(attributes.size).toBeLessThanOrEqual(10);
});

test('metrics have names of their own, in PascalCase', () => {
  const names = Object.values(metricNames);

  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^([A-Z][a-z]+)+$/.test(name))).toEqual([]);
});

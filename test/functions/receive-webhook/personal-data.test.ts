import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, test } from 'vitest';
import { powertoolsTelemetry } from '../../../functions/aws/telemetry.ts';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { createReceiver, createSalesforceReceiver } from './receiver.ts';
import { accountCallout, customerEvent, fromSalesforce, fromStripe, personal, webhookSecret } from './samples.ts';

const fromOthers = { secret: 'whsec_other' };
const our = { request: { id: 'req_1', idempotency_key: 'millrace:1' } };

const stripeRequests: Record<string, SignedRequest> = {
  queued: fromStripe(customerEvent()),
  ignored: fromStripe(customerEvent({ type: 'customer.deleted' })),
  'dropped as an echo': fromStripe(customerEvent(our)),
  'flagged as invalid': fromStripe(customerEvent({}, { object: personal.name })),
  forged: fromStripe(customerEvent(), fromOthers),
  unreadable: fromStripe(`${JSON.stringify(customerEvent())},`),
  'too large': fromStripe(customerEvent({}, { description: personal.name.repeat(20_000) })),
};

const salesforceRequests: Record<string, SignedRequest> = {
  queued: fromSalesforce(accountCallout()),
  ignored: fromSalesforce(accountCallout({ changeType: 'DELETE' })),
  'dropped as an echo': fromSalesforce(accountCallout({ origin: 'millrace' })),
  'flagged as invalid': fromSalesforce(accountCallout({ recordId: personal.email })),
  forged: fromSalesforce(accountCallout(), fromOthers),
};

describe('personal data is in no log line, metric or answer of', () => {
  test.each(Object.entries(stripeRequests))('a Stripe event that is %s', async (_title, request) => {
    const output = recordOutput();
    const receiver = createReceiver({ telemetry: output.telemetry });

    const answer = await receiver.post(request);

    expect(output.lines.length).toBeGreaterThan(0);
    expect(leaksIn([output.lines, answer])).toEqual([]);
  });

  test.each(Object.entries(salesforceRequests))('a Salesforce callout that is %s', async (_title, request) => {
    const output = recordOutput();
    const receiver = createSalesforceReceiver({ telemetry: output.telemetry });

    const answer = await receiver.post(request);

    expect(output.lines.length).toBeGreaterThan(0);
    expect(leaksIn([output.lines, answer])).toEqual([]);
  });

  test('an event that the queue refuses, quoting it', async () => {
    const output = recordOutput();
    const send = async () => Promise.reject(new Error(`can't take ${JSON.stringify(personal)}`));
    const receiver = createReceiver({ telemetry: output.telemetry, send });

    const answer = await receiver.post(fromStripe(customerEvent()));

    expect(answer.statusCode).toBe(503);
    expect(JSON.stringify(output.lines)).toContain('"errorName":"Error"');
    expect(leaksIn([output.lines, answer])).toEqual([]);
  });

  test('an invalid event, in the reason that goes to the dead letter', async () => {
    const receiver = createReceiver();

    await receiver.post(stripeRequests['flagged as invalid']!);

    expect(receiver.queued[0]?.message.invalidreason).toMatch(/^invalid event: /);
    expect(leaksIn(receiver.queued[0]?.message.invalidreason)).toEqual([]);
  });
});

test('the search for personal data finds what leaks', () => {
  const line = `customer ${personal.email} moved to ${personal.city}`;

  const leaks = leaksIn([line]);

  expect(leaks).toEqual(['email', 'city']);
});

function leaksIn(output: unknown): string[] {
  const text = JSON.stringify(output);
  const secrets = { ...personal, webhookSecret };
  return Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

/** Everything that the handler's own telemetry would write. */
function recordOutput() {
  const lines: unknown[] = [];
  const write = (...line: unknown[]) => lines.push(line);
  const telemetry = powertoolsTelemetry(
    { info: write, warn: write } as unknown as Logger,
    { addMetric: write } as unknown as Metrics,
  );
  return { lines, telemetry };
}

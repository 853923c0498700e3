import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readBridgedStripeEvent } from '../../../../functions/connectors/stripe/bridge.ts';
import { readStripeEvent } from '../../../../functions/connectors/stripe/webhook.ts';

function payload(name: string): { source: string; detail: Record<string, unknown> } {
  return JSON.parse(
    readFileSync(new URL(`../../../fixtures/payloads/stripe.eventbridge.${name}.json`, import.meta.url), 'utf8'),
  );
}

describe('a snapshot event', () => {
  const event = payload('customer.created');

  it('is read as Stripe sends it to EventBridge', () => {
    expect(readBridgedStripeEvent(event)).toEqual({
      id: 'evt_test_123',
      type: 'customer.created',
      time: '2024-03-07T18:27:56.000Z',
      subject: 'cus_123',
      echo: false,
      data: event.detail,
    });
  });

  it('is the same by a webhook: its id, too', () => {
    const body = Buffer.from(JSON.stringify(event.detail));

    expect(readBridgedStripeEvent(event)).toEqual(readStripeEvent(body, {}));
  });

  it('is an echo where our own write caused it', () => {
    const detail = { ...event.detail, request: { id: 'req_1', idempotency_key: 'millrace:1' } };

    expect(readBridgedStripeEvent({ ...event, detail })).toMatchObject({ echo: true });
  });
});

describe('a thin event', () => {
  const event = payload('v2-thin');

  it('is read, by either door', () => {
    const expected = {
      id: 'evt_notif_test_789',
      type: 'v2.billing.meter.error_report_triggered',
      time: '2024-03-07T18:27:56.000Z',
      subject: undefined,
      echo: false,
      data: event.detail,
    };

    expect(readBridgedStripeEvent(event)).toEqual(expected);
    expect(readStripeEvent(Buffer.from(JSON.stringify(event.detail)), {})).toEqual(expected);
  });

  it('is about the object that it names, and an echo where its reason is a call of ours', () => {
    const related_object = { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' };
    const reason = { type: 'request', request: { id: 'req_1', idempotency_key: 'millrace:1' } };

    const told = readBridgedStripeEvent({ ...event, detail: { ...event.detail, related_object, reason } });

    expect(told).toMatchObject({ subject: 'cus_1', echo: true });
  });
});

it('is unreadable without id and type', () => {
  expect(readBridgedStripeEvent({ source: 's', detail: { object: 'event' } })).toEqual({
    unreadable: 'not a JSON object with id and type',
  });
});

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../functions/contract/message.ts';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import type { ReceiveServices } from '../../../functions/receive-webhook/receive.ts';
import type { Flow } from '../../../functions/specification/flow.ts';
import customerToAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import { createReceiver, createSalesforceReceiver, secretOf } from './receiver.ts';
import { accountCallout, customerEvent, fromSalesforce, fromStripe, startMs } from './samples.ts';

const wanted = () => fromStripe(customerEvent());
const forged = () => fromStripe(customerEvent(), { secret: 'wrong' });
const tooLarge = () => fromStripe(customerEvent({}, { description: 'x'.repeat(1024 * 1024) }));
const unreadable = () => fromStripe('{"id": "evt_1", "type"');
const unwanted = () => fromStripe(customerEvent({ type: 'invoice.paid' }));
const echo = () => fromStripe(customerEvent({ request: { id: 'req_1', idempotency_key: 'millrace:1' } }));
const invalid = () => fromStripe(customerEvent({}, { object: 'account' }));
const failing = async () => Promise.reject(new Error('no queue'));

interface Case {
  readonly title: string;
  readonly request: () => SignedRequest;
  readonly services?: Partial<ReceiveServices>;
  readonly status: number;
  readonly metrics: readonly string[];
  readonly queued: number;
}

const cases: readonly Case[] = [
  { title: 'wanted', request: wanted, status: 202, metrics: ['WebhookVerified', 'EventQueued'], queued: 1 },
  {
    title: 'not wanted by any flow',
    request: unwanted,
    status: 202,
    metrics: ['WebhookVerified', 'EventIgnored'],
    queued: 0,
  },
  { title: 'our own echo', request: echo, status: 202, metrics: ['WebhookVerified', 'EchoDropped'], queued: 0 },
  {
    title: 'invalid',
    request: invalid,
    status: 202,
    metrics: ['WebhookVerified', 'EventQueued', 'EventInvalid'],
    queued: 1,
  },
  { title: 'no event', request: unreadable, status: 400, metrics: ['WebhookVerified', 'EventUnreadable'], queued: 0 },
  { title: 'forged', request: forged, status: 401, metrics: ['SignatureRejected'], queued: 0 },
  { title: 'too large', request: tooLarge, status: 413, metrics: ['WebhookTooLarge'], queued: 0 },
  {
    title: 'wanted, while the queue fails',
    request: wanted,
    services: { send: failing },
    status: 503,
    metrics: ['WebhookVerified', 'ReceiverUnavailable'],
    queued: 0,
  },
  {
    title: 'wanted, while the secret is empty',
    request: wanted,
    services: { secret: secretOf(undefined) },
    status: 503,
    metrics: ['ReceiverUnavailable'],
    queued: 0,
  },
  {
    title: 'wanted, while the secret can not be read',
    request: wanted,
    services: { secret: { read: failing, reread: failing } },
    status: 503,
    metrics: ['ReceiverUnavailable'],
    queued: 0,
  },
];

describe('a webhook that is', () => {
  test.each(cases)(
    '$title is answered $status, and counted',
    async ({ request, services, status, metrics, queued }) => {
      const receiver = createReceiver(services);

      const answer = await receiver.post(request());

      expect(answer.statusCode).toBe(status);
      expect(receiver.counted).toEqual(['WebhookReceived', ...metrics]);
      expect(receiver.queued).toHaveLength(queued);
    },
  );

  test.each(cases.filter(({ status }) => status >= 400))(
    '$title is refused with problem details',
    async ({ request, services, status }) => {
      const receiver = createReceiver(services);

      const { headers, body } = await receiver.post(request());

      expect(headers['content-type']).toBe('application/problem+json');
      expect(headers['retry-after']).toBe(status === 503 ? '10' : undefined);
      expect(JSON.parse(body)).toEqual({
        type: 'about:blank',
        title: expect.any(String),
        status,
        correlationId: 'made-1',
      });
    },
  );
});

describe('a callout of Salesforce', () => {
  test.each([
    { origin: 'millrace', metric: 'EchoDropped', queued: 0 },
    { origin: 'Millrace', metric: 'EventQueued', queued: 1 },
    { origin: '', metric: 'EventQueued', queued: 1 },
    { origin: undefined, metric: 'EventQueued', queued: 1 },
  ])('of the origin $origin is counted $metric', async ({ origin, metric, queued }) => {
    const receiver = createSalesforceReceiver();

    const answer = await receiver.post(fromSalesforce(accountCallout({ origin })));

    expect(answer.statusCode).toBe(202);
    expect(receiver.counted).toEqual(['WebhookReceived', 'WebhookVerified', metric]);
    expect(receiver.queued).toHaveLength(queued);
  });
});

describe('an event of Stripe', () => {
  test.each([
    { request: { id: 'req_1', idempotency_key: 'millrace:1' }, metric: 'EchoDropped' },
    { request: { id: 'req_1', idempotency_key: 'other:millrace:1' }, metric: 'EventQueued' },
    { request: { id: null, idempotency_key: null }, metric: 'EventQueued' },
    { request: null, metric: 'EventQueued' },
    { request: undefined, metric: 'EventQueued' },
  ])('of the request $request is counted $metric', async ({ request, metric }) => {
    const receiver = createReceiver();

    await receiver.post(fromStripe(customerEvent({ request })));

    expect(receiver.counted).toEqual(['WebhookReceived', 'WebhookVerified', metric]);
  });
});

describe('what is queued', () => {
  test('is the event in a CloudEvents envelope', async () => {
    const receiver = createReceiver();
    const event = customerEvent();

    await receiver.post(fromStripe(event));

    expect(receiver.queued).toEqual([
      {
        flow: 'stripe-customer-to-account',
        message: {
          specversion: '1.0',
          id: 'evt_1Pgc76B7WZ01zgkWwyRHS12y',
          source: '/salesforce-stripe/stripe',
          type: 'customer.updated',
          subject: 'cus_QXg1o8vcGmoR32',
          time: '2026-07-29T08:00:00.000Z',
          datacontenttype: 'application/json',
          data: event,
          schemaversion: 1,
          correlationid: 'made-1',
          traceparent: undefined,
          receivedtime: '2026-11-20T12:00:00.000Z',
          invalidreason: undefined,
        },
      },
    ]);
  });

  test('is what delivery reads, byte order mark or not', async () => {
    const receiver = createReceiver();
    const event = customerEvent();

    await receiver.post(fromStripe(`\uFEFF${JSON.stringify(event)}`));

    const [sent] = receiver.queued;
    expect(parseMessage(JSON.stringify(sent?.message))).toMatchObject({ id: event.id, data: event });
  });

  test('bears the time of its arrival where the source tells none', async () => {
    const receiver = createSalesforceReceiver();

    await receiver.post(fromSalesforce(accountCallout({ systemModstamp: undefined })));

    expect(receiver.queued[0]?.message.time).toBe(new Date(startMs).toISOString());
  });

  test("bears the source's own time where it tells one", async () => {
    const receiver = createSalesforceReceiver();

    await receiver.post(fromSalesforce(accountCallout()));

    expect(receiver.queued[0]?.message.time).toBe('2026-11-20T11:59:58.000Z');
  });
});

describe('several flows', () => {
  const second: Flow = { ...customerToAccount, name: 'second', source: { ...customerToAccount.source } };
  const third: Flow = { ...second, name: 'third', source: { ...second.source, events: ['invoice.paid'] } };

  test('that want the event each get it', async () => {
    const receiver = createReceiver({ flows: [customerToAccount, second, third] });

    const answer = await receiver.post(wanted());

    expect(answer.statusCode).toBe(202);
    expect(receiver.queued.map(({ flow }) => flow)).toEqual(['stripe-customer-to-account', 'second']);
    expect(receiver.counted).toEqual(['WebhookReceived', 'WebhookVerified', 'EventQueued', 'EventQueued']);
  });

  test('of which one queue fails: 503, and the others still get it', async () => {
    const taken: string[] = [];
    const send: ReceiveServices['send'] = async (flow) => {
      if (flow === 'second') throw new Error('no queue');
      taken.push(flow);
    };
    const receiver = createReceiver({ flows: [second, customerToAccount], send });

    const answer = await receiver.post(wanted());

    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '10' } });
    expect(taken).toEqual(['stripe-customer-to-account']);
    expect(receiver.counted.toSorted()).toEqual([
      'EventQueued',
      'ReceiverUnavailable',
      'WebhookReceived',
      'WebhookVerified',
    ]);
  });

  test('of which one alone finds the event invalid: that one gets it flagged', async () => {
    const strict: Flow = {
      ...second,
      source: { ...second.source, schema: v.object({ livemode: v.literal(true) }), key: () => 'never' },
    };
    const receiver = createReceiver({ flows: [customerToAccount, strict] });

    await receiver.post(wanted());

    const reasons = receiver.queued.map(({ flow, message }) => [flow, message.invalidreason]);
    expect(reasons).toEqual([
      ['stripe-customer-to-account', undefined],
      ['second', 'invalid event: livemode: literal'],
    ]);
  });
});

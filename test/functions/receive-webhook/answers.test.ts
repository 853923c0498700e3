import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { createReceiver, createSalesforceReceiver } from './receiver.ts';
import { accountCallout, customerEvent, fromSalesforce, fromStripe, startMs } from './samples.ts';

const tolerated = 300_000;

/** Each fails another check; the sender must not be able to tell which. */
const stripeForgeries: Record<string, SignedRequest> = {
  unsigned: { ...fromStripe(customerEvent()), headers: {} },
  malformed: { ...fromStripe(customerEvent()), headers: { 'stripe-signature': 'nonsense' } },
  'of an unknown version': {
    ...fromStripe(customerEvent()),
    headers: { 'stripe-signature': `t=${startMs / 1000},v0=1` },
  },
  'too old': fromStripe(customerEvent(), { atMs: startMs - tolerated - 1000 }),
  'too early': fromStripe(customerEvent(), { atMs: startMs + tolerated + 1000 }),
  'of another secret': fromStripe(customerEvent(), { secret: 'wrong' }),
  'changed after signing': { ...fromStripe(customerEvent()), body: Buffer.from('{}') },
};

const salesforceForgeries: Record<string, SignedRequest> = {
  unsigned: { ...fromSalesforce(accountCallout()), headers: { 'x-millrace-timestamp': `${startMs / 1000}` } },
  untimed: fromSalesforce(accountCallout(), { headers: { 'x-millrace-timestamp': '' } }),
  'too old': fromSalesforce(accountCallout(), { atMs: startMs - tolerated - 1000 }),
  'of another secret': fromSalesforce(accountCallout(), { secret: 'wrong' }),
};

describe('a refused signature', () => {
  test('is answered alike, whichever check failed', async () => {
    const stripe = await answersOf(stripeForgeries, createReceiver);
    const salesforce = await answersOf(salesforceForgeries, createSalesforceReceiver);

    const different = new Set([...stripe, ...salesforce].map((answer) => JSON.stringify(answer)));

    expect(stripe[0]?.statusCode).toBe(401);
    expect(different.size).toBe(1);
  });

  test('tells its reason to the log alone', async () => {
    const receiver = createReceiver();

    for (const forgery of Object.values(stripeForgeries)) await receiver.post(forgery);

    expect(receiver.lines.map(({ fields }) => fields.reason)).toEqual([
      'header-missing',
      'header-malformed',
      'no-known-version',
      'timestamp-outside-window',
      'timestamp-outside-window',
      'signature-mismatch',
      'signature-mismatch',
    ]);
  });
});

test('no answer reflects anything of the request but its correlation id', async () => {
  const canary = 'canary-5f1c';
  const headers = { 'user-agent': canary, 'x-custom': canary, traceparent: canary, 'x-correlation-id': `${canary}\n` };
  const marked = (type: string) => customerEvent({ id: `${canary}-id`, type }, { id: `cus_${canary}`, name: canary });
  const requests = [
    fromStripe(marked('customer.updated'), { headers }),
    fromStripe(marked(canary), { headers }),
    fromStripe(marked('customer.updated'), { headers, secret: canary }),
    fromStripe(canary, { headers }),
    fromStripe(canary.repeat(100_000), { headers }),
    { ...fromStripe({}, { headers }), headers: { ...headers, 'stripe-signature': canary } },
  ];
  const receiver = createReceiver();

  const answers = await Promise.all(requests.map((request) => receiver.post(request)));

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 401, 400, 413, 401]);
  expect(JSON.stringify(answers)).not.toContain(canary);
});

/** A receiver each, so that the ids they make are the same. */
function answersOf(requests: Record<string, SignedRequest>, create: typeof createReceiver) {
  return Promise.all(Object.values(requests).map((request) => create().post(request)));
}

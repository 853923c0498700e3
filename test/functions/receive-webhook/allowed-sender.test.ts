import { describe, expect, test } from 'vitest';
import { allowSenders } from '../../../functions/receive-webhook/allowed-sender.ts';
import { createReceiver, incomingOf } from './receiver.ts';
import { customerEvent, fromStripe } from './samples.ts';

const ranges = ['203.0.113.0/24', '198.51.100.7', '2001:db8:1::/48'];
const allowed = [
  '203.0.113.0',
  '203.0.113.255',
  '198.51.100.7',
  '2001:db8:1::1',
  '2001:DB8:1:ffff::',
  '::ffff:203.0.113.9',
];
const others = [
  '203.0.114.0',
  '198.51.100.8',
  '2001:db8:2::1',
  '::1',
  '',
  'unknown',
  '203.0.113.9, 203.0.113.9',
  undefined,
];

const wanted = () => fromStripe(customerEvent());
const forged = () => fromStripe(customerEvent(), { secret: 'wrong' });
const unsigned = () => ({ ...wanted(), headers: { 'content-type': 'application/json' } });

describe('a source with ranges', () => {
  test.each(allowed)('takes webhooks from %s', (address) => {
    expect(allowSenders(ranges)(address)).toBe(true);
  });

  test.each(others)('takes none from %s', (address) => {
    expect(allowSenders(ranges)(address)).toBe(false);
  });

  test.each(['203.0.113.0/33', '203.0.113.0/x', 'hooks.example.com', ''])('can not be held to %s', (wrong) => {
    expect(() => allowSenders([...ranges, wrong])).toThrow();
  });
});

test('a source without ranges takes webhooks from anywhere, and from nobody knows where', () => {
  expect(others.map(allowSenders(undefined))).toEqual(others.map(() => true));
});

describe('a webhook from an address that is not allowed', () => {
  const receiver = () => createReceiver({ allowsSender: allowSenders(ranges) });

  test('is answered as one with a wrong signature is, in every byte', async () => {
    const [one, other] = [receiver(), receiver()];

    const refused = await one.post(incomingOf(wanted(), '192.0.2.1'));
    const rejected = await other.post(incomingOf(forged(), '203.0.113.9'));

    expect(refused.statusCode).toBe(401);
    expect(refused).toEqual(rejected);
  });

  test('is counted and logged by names of its own, queued nowhere, and its body never decoded', async () => {
    const { post, counted, lines, queued } = receiver();
    const unread = {
      ...incomingOf(wanted(), '192.0.2.1'),
      read: () => expect.unreachable('the body was decoded'),
    };

    await post(unread);

    expect(counted).toEqual(['WebhookReceived', 'SenderRefused']);
    expect(lines).toEqual([{ level: 'warn', message: 'sender refused', fields: { correlationId: 'made-1' } }]);
    expect(queued).toEqual([]);
  });

  test('claims another one in a header in vain', async () => {
    const { post, counted } = receiver();
    const request = wanted();
    const claiming = { ...request, headers: { ...request.headers, 'x-forwarded-for': '203.0.113.9' } };

    const answer = await post(incomingOf(claiming, '192.0.2.1'));

    expect(answer.statusCode).toBe(401);
    expect(counted).toContain('SenderRefused');
  });

  test('is told from a scan, which has no signature', async () => {
    const { post, counted } = receiver();

    await post(incomingOf(unsigned(), '192.0.2.1'));

    expect(counted).toEqual(['WebhookReceived', 'UnsignedRejected']);
  });
});

test('from an allowed address, the signature counts all the same', async () => {
  const { post, counted } = createReceiver({ allowsSender: allowSenders(ranges) });

  const answers = [await post(incomingOf(wanted(), '203.0.113.9')), await post(incomingOf(forged(), '203.0.113.9'))];

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 401]);
  expect(counted).toEqual([
    'WebhookReceived',
    'WebhookVerified',
    'EventQueued',
    'WebhookReceived',
    'SignatureRejected',
  ]);
});

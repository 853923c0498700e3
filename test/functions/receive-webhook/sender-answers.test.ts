import { describe, expect, test } from 'vitest';
import type { Sign, SignatureScheme, SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import type { IncomingEvent, Unreadable } from '../../../functions/contract/webhook-reader.ts';
import { adyen, signAdyen } from '../../../functions/signatures/adyen.ts';
import { discord, signDiscord } from '../../../functions/signatures/discord.ts';
import { paddle, signPaddle } from '../../../functions/signatures/paddle.ts';
import { signSlack, slack } from '../../../functions/signatures/slack.ts';
import { signTwilio, twilio } from '../../../functions/signatures/twilio.ts';
import { createReceiver, noteReads, secretOf } from './receiver.ts';
import { startMs } from './samples.ts';

// RFC 8032, section 7.1, test 1.
const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const point = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const adyenKey = '0A'.repeat(32);
const payment = { notificationItems: [{ NotificationRequestItem: { pspReference: '1' } }] };

interface Sender {
  readonly scheme: SignatureScheme;
  readonly sign: Sign;
  readonly key: string;
  readonly secret: string;
}

const senders = {
  discord: { scheme: discord(), sign: signDiscord, key: seed, secret: point },
  slack: { scheme: slack(), sign: signSlack, key: 'slack-secret', secret: 'slack-secret' },
  adyen: { scheme: adyen(), sign: signAdyen, key: adyenKey, secret: adyenKey },
  twilio: { scheme: twilio(), sign: signTwilio, key: 'auth-token', secret: 'auth-token' },
  paddle: { scheme: paddle(), sign: signPaddle, key: 'pdl_ntfset_1', secret: 'pdl_ntfset_1' },
} satisfies Record<string, Sender>;

describe('a sender that asks whether we are there', () => {
  test.each([
    { from: 'discord', body: { version: 1, type: 0 }, status: 204, type: undefined, said: '' },
    {
      from: 'discord',
      body: { id: '1', type: 1, token: 't' },
      status: 200,
      type: 'application/json',
      said: '{"type":1}',
    },
    {
      from: 'slack',
      body: { type: 'url_verification', token: 't', challenge: '3eZbrw1aBm2rZgRNFdxV' },
      status: 200,
      type: 'text/plain',
      said: '3eZbrw1aBm2rZgRNFdxV',
    },
  ] as const)('is answered: $from, $said', async ({ from, body, status, type, said }) => {
    const { receiver, bodies } = setup(from);

    const answer = await receiver.post(signed(from, body));

    expect(answer).toEqual({
      statusCode: status,
      headers: { 'x-correlation-id': 'made-1', ...(type && { 'content-type': type }) },
      body: said,
    });
    expect(receiver.counted).toEqual(['WebhookReceived', 'WebhookVerified']);
    expect(bodies).toEqual([]);
  });

  test.each(['discord', 'slack'] as const)('and is none is answered like any forger: %s', async (from) => {
    const { receiver, bodies } = setup(from);
    const question = signed(from, { type: from === 'slack' ? 'url_verification' : 0, challenge: 'abc' });

    const answer = await receiver.post({ ...question, body: Buffer.concat([question.body, Buffer.from(' ')]) });

    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain('abc');
    expect(bodies).toEqual([]);
  });

  test.each(['<script>', 'a'.repeat(201), '', 7, null, undefined])(
    'gets nothing back that is no challenge: %s',
    async (challenge) => {
      const { receiver } = setup('slack');

      const answer = await receiver.post(signed('slack', { type: 'url_verification', challenge }));

      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toBe('application/problem+json');
    },
  );
});

test('an event that has a challenge in it is no question', async () => {
  const { receiver, bodies } = setup('slack');

  await receiver.post(signed('slack', { type: 'event_callback', challenge: 'abc' }));

  expect(bodies).toHaveLength(1);
});

describe('a sender that takes no 202', () => {
  test.each([
    { from: 'discord', body: { type: 1, event: { type: 'ENTITLEMENT_CREATE' } }, status: 204, said: '' },
    { from: 'slack', body: { type: 'event_callback', event_id: 'Ev1' }, status: 200, said: '' },
    { from: 'adyen', body: payment, status: 200, said: '[accepted]' },
    { from: 'twilio', body: { MessageSid: 'SM1' }, status: 200, said: '<Response/>' },
    { from: 'paddle', body: { event_id: 'evt_1' }, status: 200, said: '' },
  ] as const)('hears what it wants to: $from', async ({ from, body, status, said }) => {
    const { receiver } = setup(from, { id: 'e', type: 'any', time: undefined, subject: 's', echo: false, data: {} });

    const answer = await receiver.post(signed(from, body));

    expect([answer.statusCode, answer.body]).toEqual([status, said]);
    expect(answer.headers['x-correlation-id']).toBe('made-1');
  });

  test('hears of a failure as all do', async () => {
    const { receiver } = setup('adyen');

    const answer = await receiver.post(signed('adyen', payment));

    expect([answer.statusCode, JSON.parse(answer.body).title]).toEqual([400, 'The body is not an event']);
  });
});

function signed(from: keyof typeof senders, body: unknown): SignedRequest {
  const { sign, key }: Sender = senders[from];
  const request = { headers: {}, body: Buffer.from(JSON.stringify(body)), url: 'https://hooks.example.test/in' };
  return sign(request, key, startMs);
}

/** A receiver whose reader finds this in any body. */
function setup(from: keyof typeof senders, found: IncomingEvent | Unreadable = { unreadable: 'nothing' }) {
  const { scheme, secret }: Sender = senders[from];
  const { webhook, bodies } = noteReads({ scheme, reader: () => found });
  return { receiver: createReceiver({ webhook, secret: secretOf(secret) }), bodies };
}

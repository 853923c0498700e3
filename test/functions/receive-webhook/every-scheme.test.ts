import { describe, expect, test } from 'vitest';
import { toIncoming } from '../../../functions/receive-webhook/incoming.ts';
import type { WebhookSource } from '../../../functions/specification/system.ts';
import customerToAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import { acceptancesOf } from '../signatures/support/acceptances.ts';
import { refusalsOf } from '../signatures/support/refusals.ts';
import { type SchemeCase, validSample } from '../signatures/support/scheme-case.ts';
import { schemeCases } from '../signatures/support/scheme-cases.ts';
import { createReceiver, secretOf } from './receiver.ts';

/** Both packs again, through the receiver: what reaches the reader, and what the sender hears. */
describe.each(schemeCases)('a receiver by $title', (one) => {
  test.each(refusalsOf(one))('answers 401, and reads nothing: $title', async ({ trials }) => {
    const { source, read } = sourceOf(one);
    // Our own mistakes are answered otherwise: a secret that can't be one.
    const forgeries = trials.filter(({ secrets }) => secrets.length === 1 && !secrets.some(one.scheme.checkSecret));

    const answers = await Promise.all(
      forgeries.map(({ request, secrets: [text], nowMs }) =>
        createReceiver({ webhook: source, secret: secretOf(text), now: () => nowMs }).post(request),
      ),
    );

    expect(answers.filter(({ statusCode }) => statusCode !== 401)).toEqual([]);
    expect(read).toEqual([]);
  });

  test.each(acceptancesOf(one))('accepts, and reads the very bytes: $title', async ({ event, body, secret, nowMs }) => {
    const { source, read } = sourceOf(one);
    const receiver = createReceiver({
      webhook: source,
      secret: secretOf(secret),
      flows: [{ ...customerToAccount, source: { ...customerToAccount.source, events: ['any'] } }],
      now: () => nowMs,
    });

    const answer = await receiver.post(toIncoming(event));

    expect(answer.statusCode).toBe(one.scheme.accepted?.statusCode ?? 202);
    expect(read).toHaveLength(1);
    expect(Buffer.compare(read[0]!, body)).toBe(0);
    expect(receiver.queued).toHaveLength(1);
  });

  test('says 503 while the secret is one that nobody can sign with, and reads nothing', async () => {
    const { source, read } = sourceOf(one);
    const malformed = [' ', 'pat-na1-1', 'sk_live_1', 'two words'].filter((text) => one.scheme.checkSecret(text));
    const { request, nowMs } = validSample(one);

    const receivers = malformed.map((text) =>
      createReceiver({ webhook: source, secret: secretOf(text), now: () => nowMs }),
    );
    const answers = await Promise.all(receivers.map((receiver) => receiver.post(request)));

    expect(malformed.length).toBeGreaterThan(0);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(malformed.map(() => 503));
    expect(receivers.map(({ lines }) => lines[0]?.fields.reason)).toEqual(
      malformed.map(() => expect.stringContaining('webhook secret is malformed')),
    );
    expect(JSON.stringify(receivers.map(({ lines }) => lines))).not.toContain('two words');
    expect(read).toEqual([]);
  });
});

/** A source by the scheme, whose reader notes each body, and makes one event of whatever it is. */
function sourceOf({ scheme }: SchemeCase) {
  const read: Uint8Array[] = [];
  const source: WebhookSource = {
    scheme,
    maxBodyBytes: 4 * 1024 * 1024,
    reader: (body) => {
      read.push(body);
      return { id: undefined, type: 'any', time: undefined, subject: undefined, echo: false, data: {} };
    },
  };
  return { source, read };
}

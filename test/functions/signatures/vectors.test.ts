import { readFileSync } from 'node:fs';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { github } from '../../../functions/signatures/github.ts';
import { hmac } from '../../../functions/signatures/hmac.ts';
import { stripe } from '../../../functions/signatures/stripe.ts';
import { schemeCases, validSample } from './scheme-cases.ts';

interface Vector {
  scheme: string;
  name: string;
  secret: string;
  body: string;
  headers: Record<string, string>;
  /** Unix seconds. */
  now: number;
  valid: boolean;
  /** The bare signature, of the raw primitives. */
  expected: string;
}

const vectorsOf = (name: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), 'utf8'));
const vectors = vectorsOf('stripe');
const ofScheme = (scheme: string) => vectors.filter((vector) => vector.scheme === scheme);

describe("Stripe's vectors", () => {
  test('are all used, but the header whose secret was not published', () => {
    const used = [...ofScheme('stripe'), ...ofScheme('hmac-sha256-hex')];

    const left = vectors.filter((vector) => !used.includes(vector)).map(({ scheme }) => scheme);

    expect(used).toHaveLength(16);
    expect(left).toEqual(['stripe-parse-only']);
  });

  test.each(ofScheme('stripe'))('$name: valid is $valid', ({ headers, body, secret, now, valid }) => {
    const request = { headers, body: Buffer.from(body) };

    const verification = stripe().verify(request, [secret], now * 1000);

    expect(verification.valid).toBe(valid);
  });

  test.each(ofScheme('hmac-sha256-hex'))('$name over "$body"', ({ body, secret, expected }) => {
    const scheme = hmac({ header: 'x-signature' });

    const verification = scheme.verify(
      { headers: { 'x-signature': expected }, body: Buffer.from(body) },
      [secret],
      Date.now(),
    );

    expect(verification).toEqual({ valid: true });
  });
});

describe("GitHub's vectors", () => {
  test.each(vectorsOf('github'))('$name: valid is $valid', ({ headers, body, secret, valid }) => {
    const verification = github().verify({ headers, body: Buffer.from(body) }, [secret], Date.now());

    expect(verification.valid).toBe(valid);
  });
});

describe("Stripe's own package", () => {
  const payload = '{"id":"evt_1","object":"event","name":"Zoë"}';
  const [secret, timestamp] = ['whsec_test_secret', 1_800_000_000];

  test('signs what we accept', () => {
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

    const verification = stripe().verify(
      { headers: { 'stripe-signature': header }, body: Buffer.from(payload) },
      [secret],
      timestamp * 1000,
    );

    expect(verification).toEqual({ valid: true });
  });

  test('signs with another secret what we refuse', () => {
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: `${secret}x`, timestamp });

    const verification = stripe().verify(
      { headers: { 'stripe-signature': header }, body: Buffer.from(payload) },
      [secret],
      timestamp * 1000,
    );

    expect(verification).toEqual({ valid: false, reason: 'signature-mismatch' });
  });

  test('accepts what the tests sign', () => {
    const one = schemeCases.find(({ title }) => title === 'stripe')!;
    const sample = validSample(one);
    const header = sample.headers['stripe-signature']!;

    const event = Stripe.webhooks.constructEvent(
      sample.body,
      header,
      sample.secret,
      undefined,
      undefined,
      sample.seconds,
    );

    expect(event.id).toBe('evt_1');
  });
});

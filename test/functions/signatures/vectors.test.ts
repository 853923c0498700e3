import { readdirSync, readFileSync } from 'node:fs';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { type SchemeOptions, schemes } from '../../../functions/signatures/schemes.ts';
import { stripe } from '../../../functions/signatures/stripe.ts';
import { validSample } from './support/scheme-case.ts';
import { schemeCases } from './support/scheme-cases.ts';

interface Vector {
  scheme: string;
  name?: string;
  /** What the receiver holds is one of these three. */
  secret?: string;
  publicKey?: string;
  webhookId?: string;
  /** A form's fields stand for the body that they make. */
  body?: string;
  params?: Record<string, string | string[]>;
  headers: Record<string, string>;
  method?: string;
  url?: string;
  certificatePem?: string;
  /** Unix time in seconds, or milliseconds; without one the time is not judged. */
  now?: number;
  nowMs?: number;
  valid: boolean;
  /** The bare signature, of the raw primitives. */
  expected?: string;
}

const fixtures = new URL('../../fixtures/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, fixtures), 'utf8');

const names = readdirSync(new URL('vectors/', fixtures)).filter((name) => name !== 'salesforce-ids.json');
const vectors = names.flatMap((name) =>
  (JSON.parse(read(`vectors/${name}`)) as Vector[]).map((vector) => ({ ...vector, of: name.replace('.json', '') })),
);

/** Zendesk signed in this order once: whoever follows its current documentation must refuse it. */
const isRefusedOnPurpose = ({ scheme }: Vector) => scheme === 'zendesk-legacy-order';
const hasNoSecret = ({ scheme }: Vector) => scheme === 'stripe-parse-only';
const judged = vectors.filter((vector) => !hasNoSecret(vector));

describe('the published and derived vectors', () => {
  test('are all there, and all but a header whose secret was not published are judged', () => {
    const left = vectors.filter((vector) => !judged.includes(vector));

    expect(vectors).toHaveLength(95);
    expect(left).toHaveLength(1);
    expect(new Set(vectors.map(({ of }) => of)).size).toBe(14);
    expect(new Set(judged.map(({ valid }) => valid))).toEqual(new Set([true, false]));
  });

  test.each(judged)('$scheme: $name: valid is $valid', async (vector) => {
    const { body, params, headers, method = 'POST', url, nowMs = clockOf(vector) } = vector;
    const { secret = vector.publicKey ?? vector.webhookId ?? '' } = vector;
    const given = vector.expected === undefined ? headers : { 'x-signature': vector.expected };
    const request = { headers: given, method, url, body: Buffer.from(body ?? formOf(params)) };
    const scheme = schemeOf(vector);

    await scheme.prepare?.(request, nowMs);
    const verification = scheme.verify(request, [secret], nowMs);

    expect(verification.valid).toBe(vector.valid && !isRefusedOnPurpose(vector));
  });
});

function schemeOf({ of, expected, certificatePem }: (typeof judged)[number]) {
  const entries: Record<string, { create(options: SchemeOptions): ReturnType<typeof stripe> }> = schemes;
  const certificates = {
    download: async () => certificatePem,
    // It vouched for the vector's certificate, which came without it.
    authorities: () => [read('certificates/digicert-sha2-ev-server-ca.pem')],
  };
  return entries[expected === undefined ? of : 'hmac']!.create({ certificates });
}

/** PayPal's certificate was good then. */
function clockOf({ now, scheme }: Vector): number {
  if (now !== undefined) return now * 1000;
  return scheme === 'paypal' ? Date.parse('2017-03-30T20:04:05Z') : Date.now();
}

function formOf(params: Vector['params']): string {
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(params ?? {})) {
    for (const value of [values].flat()) form.append(name, value);
  }
  return String(form);
}

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
    const { request, body, nowMs } = validSample(one);
    const header = request.headers['stripe-signature']!;

    const event = Stripe.webhooks.constructEvent(body, header, one.secret, undefined, undefined, nowMs / 1000);

    expect(event.id).toBe('evt_1');
  });
});

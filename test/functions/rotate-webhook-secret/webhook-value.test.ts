import { describe, expect, it } from 'vitest';
import { liveSecrets, waitBeforeHandOver } from '../../../functions/contract/webhook-secret.ts';
import {
  checkValue,
  makeValue,
  type WebhookSecretRules,
} from '../../../functions/rotate-webhook-secret/webhook-value.ts';
import { type HmacOptions, hmac, newHmacSecret, signHmac } from '../../../functions/signatures/hmac.ts';
import { schemes } from '../../../functions/signatures/schemes.ts';
import { defaultPolicies } from '../../../functions/specification/policies.ts';

const startMs = Date.parse('2026-11-20T12:00:00.000Z');
const clocks = defaultPolicies.webhookSecret;
const [minutes, hours] = [60_000, 3_600_000];
const iso = (ms: number) => new Date(startMs + ms).toISOString();

/** What a scheme's secret is made and tried by; `clock.nowMs` is what tests set. */
function rulesOf(options: HmacOptions = { header: 'x-signature' }) {
  const clock = { nowMs: startMs };
  const rules: WebhookSecretRules = {
    scheme: hmac(options),
    sign: signHmac(options),
    newSecret: () => newHmacSecret(options),
    clocks,
    now: () => clock.nowMs,
  };
  return { rules, clock };
}

const old = 'a secret that somebody made long ago';

describe('a new value', () => {
  it('is random, and counts beside the one in force for as long as the overlap lasts', () => {
    const { rules } = rulesOf();

    const [one, other] = [makeValue(old, rules), makeValue(old, rules)].map((text) => JSON.parse(text));

    expect(one).toEqual({
      current: expect.stringMatching(/^[0-9a-f]{64}$/),
      previous: old,
      previousValidUntil: iso(24 * hours),
      handOverFrom: iso(6 * minutes),
    });
    expect(other.current).not.toBe(one.current);
  });

  it('stands beside what is current, where the one in force is a replaced one itself', () => {
    const { rules } = rulesOf();
    const inForce = JSON.stringify({ current: 'second', previous: 'first', previousValidUntil: iso(0) });

    expect(JSON.parse(makeValue(inForce, rules)).previous).toBe('second');
  });

  it('is not made while the last overlap lasts: the source may still sign with the oldest', () => {
    const { rules } = rulesOf();
    const inForce = JSON.stringify({ current: 'second', previous: 'first', previousValidUntil: iso(1) });

    expect(() => makeValue(inForce, rules)).toThrow('overlapping. The last one is still going on');
  });

  it('of a secret that has none yet overlaps with nothing, and need not wait', () => {
    const { rules } = rulesOf();

    expect(JSON.parse(makeValue(undefined, rules))).toEqual({ current: expect.any(String) });
  });

  it('beside one that can sign nothing overlaps with nothing, but must be read first', () => {
    const { rules } = rulesOf();

    expect(JSON.parse(makeValue('{}', rules))).toEqual({
      current: expect.any(String),
      handOverFrom: iso(waitBeforeHandOver(clocks)),
    });
  });
});

describe('the test of a value', () => {
  it.each([
    { title: 'hmac', options: { header: 'x-signature' } },
    { title: 'hmac with a key in base64', options: { header: 'x-signature', secretEncoding: 'base64' } },
    { title: 'hmac with a key in hex', options: { header: 'x-signature', secretEncoding: 'hex' } },
    {
      title: 'hmac with time, id, method and URL',
      options: {
        header: 'x-signature',
        timestampHeader: 'x-time',
        idHeader: 'x-id',
        signedContent: '{method}{url}{timestamp}{id}{body}',
      },
    },
  ] as const)('passes what was made just now, for $title', ({ options }) => {
    const { rules } = rulesOf(options);
    const inForce = newHmacSecret(options);
    const text = makeValue(inForce, rules);

    expect(() => checkValue(text, inForce, rules)).not.toThrow();
    expect(liveSecrets(text, startMs)).toEqual([expect.any(String), inForce]);
  });

  const valueWith = (changes: object) => {
    const made = JSON.parse(makeValue(old, rulesOf().rules));
    return JSON.stringify({ ...made, ...changes });
  };

  it.each([
    ['no secret', '', 'malformed'],
    ['JSON of another form', '{"secret":"x"}', 'malformed'],
    ['one that can be guessed', valueWith({ current: 'secret' }), 'malformed'],
    ['one made beside another secret', valueWith({ previous: 'another' }), 'overtaken'],
    ['one that would end the old at once', valueWith({ previous: undefined }), 'overtaken'],
    ['one whose overlap is over before it is given', valueWith({ previousValidUntil: iso(6 * minutes) }), 'malformed'],
    ['one whose overlap has no end', valueWith({ previousValidUntil: undefined }), 'malformed'],
    ['one that could be given at once', valueWith({ handOverFrom: undefined }), 'malformed'],
    ['plain text', newHmacSecret({ header: 'x-signature' }), 'overtaken'],
  ])('refuses %s', (_what, text, code) => {
    expect(() => checkValue(text, old, rulesOf().rules)).toThrow(`not in force: ${code}. `);
  });

  it('refuses a value in an encoding that the scheme does not take', () => {
    const { rules } = rulesOf({ header: 'x-signature', secretEncoding: 'hex' });
    const text = JSON.stringify({ ...JSON.parse(makeValue(old, rules)), current: 'z'.repeat(64) });

    expect(() => checkValue(text, old, rules)).toThrow('malformed');
  });

  it('refuses one that was left lying: not every receiver would have it when it may be given', () => {
    const { rules, clock } = rulesOf();
    const text = makeValue(old, rules);
    clock.nowMs = startMs + 30_000;

    expect(() => checkValue(text, old, rules)).not.toThrow();
    clock.nowMs += 1;

    expect(() => checkValue(text, old, rules)).toThrow('outdated. It was made too long ago');
  });

  it('refuses it where receivers would not take what it signs, or take anything', () => {
    const { rules } = rulesOf();
    const text = makeValue(old, rules);
    const signsOtherwise = { ...rules, sign: signHmac({ header: 'x-signature', prefix: 'v1=' }) };
    const takesAll = { ...rules, scheme: { ...rules.scheme, verify: () => ({ valid: true }) as const } };

    expect(() => checkValue(text, old, signsOtherwise)).toThrow('not-verified');
    expect(() => checkValue(text, old, takesAll)).toThrow('not-verified');
  });

  it('tells no secret', () => {
    const { rules } = rulesOf();
    const text = valueWith({ previous: 'another' });

    expect(() => checkValue(text, old, rules)).toThrow(expect.not.stringContaining(JSON.parse(text).current));
  });
});

it('two rotations that began from one secret: the second to end does not end what the first was given', () => {
  const { rules } = rulesOf();
  const [first, second] = [makeValue(old, rules), makeValue(old, rules)];

  expect(() => checkValue(first, old, rules)).not.toThrow();
  expect(() => checkValue(second, first, rules)).toThrow('overtaken');
});

it('are schemes whose secret any side may make, and no others', () => {
  const certificates = { get: async () => undefined, read: () => undefined } as never;
  const own = Object.entries(schemes).filter(([, { create }]) => {
    return create({ certificates, publicUrl: 'https://hooks.example.com/' }).ownSecret !== undefined;
  });

  expect(own.map(([name]) => name)).toEqual(['github', 'hmac', 'salesforce-callout']);
});

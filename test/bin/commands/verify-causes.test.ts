import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { signStandardWebhooks } from '../../../functions/signatures/standard-webhooks.ts';
import { signStripe } from '../../../functions/signatures/stripe.ts';
import { sampleMs } from '../../functions/signatures/support/scheme-case.ts';
import { body, fromSquare, fromStripe, millrace, secret, wordsFor } from '../support/verify.ts';

const escaped = Buffer.from(
  `${JSON.stringify(JSON.parse(String(body)))
    .replace('ë', '\\u00eb')
    .replace('/', '\\/')}\n`,
);
const sameJson = Buffer.from(JSON.stringify(JSON.parse(String(body))));

describe('an invalid request is told with its likely cause:', () => {
  it.each<[string, string, SignedRequest, string, string, string]>([
    [
      'a body that was re-serialised',
      'stripe',
      fromStripe({ body: sameJson }),
      secret,
      'signature',
      'signed as indented JSON: it was parsed and written anew',
    ],
    [
      'a body that another language wrote',
      'stripe',
      { ...signStripe({ headers: {}, body: escaped }, secret, sampleMs), body: sameJson },
      secret,
      'signature',
      'slashes escaped, in ASCII only, with a line break at its end',
    ],
    [
      'a line break too many',
      'stripe',
      fromStripe({ body: Buffer.concat([body, Buffer.from('\n')]) }),
      secret,
      'signature',
      'signed without the line break at its end',
    ],
    [
      'a body still in base64',
      'stripe',
      fromStripe({ body: Buffer.from(body.toString('base64')) }),
      secret,
      'signature',
      'before something encoded it in base64',
    ],
    [
      'a secret in quotes',
      'stripe',
      fromStripe(),
      `"${secret}"`,
      'signature',
      'the secret fits without the quotes around it',
    ],
    [
      'a secret with its name',
      'stripe',
      fromStripe(),
      `STRIPE_SECRET=${secret}`,
      'signature',
      'fits without the name before it',
    ],
    [
      'a secret in JSON',
      'stripe',
      fromStripe(),
      JSON.stringify({ current: secret }),
      'signature',
      "by the 'current' that is in the JSON",
    ],
    [
      'a secret of the wrong kind',
      'stripe',
      fromStripe(),
      'sk_live_1',
      'signature',
      'is an API key; the signing secret of the endpoint begins with whsec_',
    ],
    ['another secret', 'stripe', fromStripe(), 'whsec_other', 'signature', 'of test instead of live mode'],
    [
      'a secret that is no base64',
      'standard-webhooks',
      signStandardWebhooks(
        { headers: {}, body },
        `whsec_${Buffer.from('my own secret, 24 bytes!').toString('base64')}`,
        sampleMs,
      ),
      'my own secret, 24 bytes!',
      'signature',
      'the secret fits as text: it is no base64',
    ],
    [
      'a clock',
      'stripe',
      signStripe({ headers: {}, body }, secret, sampleMs - 7_205_000),
      secret,
      'time',
      'It was signed 7205 s before',
    ],
    [
      'a clock, the other way',
      'stripe',
      signStripe({ headers: {}, body }, secret, sampleMs + 400_000),
      secret,
      'time',
      'a clock is off by 400 s',
    ],
    [
      'a proxy',
      'square',
      {
        ...fromSquare('https://shop.example/hooks'),
        url: 'http://10.0.0.7:8080/hooks',
        headers: { ...fromSquare('https://shop.example/hooks').headers, 'x-forwarded-host': 'shop.example' },
      },
      secret,
      'signature',
      'the sender signed another URL, https://shop.example/hooks',
    ],
    [
      'another URL',
      'square',
      { ...fromSquare('https://shop.example/x'), url: 'https://shop.example/y' },
      secret,
      'signature',
      'the URL is not the one that the sender called',
    ],
    [
      'another scheme',
      'github',
      fromStripe(),
      secret,
      'headers',
      'Proven: it is signed as stripe does. Use --scheme stripe',
    ],
    ['the headers of another scheme', 'github', fromStripe(), 'another', 'headers', 'These are the headers of stripe'],
    ['no header', 'stripe', { headers: { 'x-signature-v9': '1' }, body }, secret, 'headers', 'There is x-signature-v9'],
    [
      'a header cut off',
      'stripe',
      fromStripe({ headers: { 'stripe-signature': 't=18' } }),
      secret,
      'form',
      'cut off in a log',
    ],
    ['a body of another kind', 'adyen', { headers: {}, body }, '0A'.repeat(32), 'form', 'The body is of another kind'],
  ])('%s', async (_what, scheme, request, given, failed, cause) => {
    const { code, out, err } = await millrace(...wordsFor(scheme, request, given));

    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(new RegExp(`FAILED\\S*  ${failed}`));
    expect(out).toContain(cause);
    expect(out).toContain('Invalid.');
    // Neither the secret nor anything of the body.
    expect(out).not.toContain(given.replace(/.*=/, '').slice(0, 20));
    expect(out).not.toContain('Zoë');
  });

  it('a request that came too late, whose signature is right', async () => {
    const old = signStripe({ headers: {}, body }, secret, sampleMs - 1_000_000);

    const { out } = await millrace(...wordsFor('stripe', old, secret));

    expect(out).toContain('The signature itself is right');
    expect(out).toContain(`--at ${sampleMs / 1000 - 1000}`);
    expect(out).toMatch(/ok {6}signature/);
  });

  it('the private key of a pair', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const both = `whsk_${Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url').toString('base64')}`;
    const signed = signStandardWebhooks({ headers: {}, body }, both, sampleMs);

    const { code, out } = await millrace(...wordsFor('standard-webhooks', signed, both));

    expect(code).toBe(1);
    expect(out).toContain("is the sender's private key");
  });

  it('in JSON for scripts', async () => {
    const { code, out } = await millrace(...wordsFor('stripe', fromStripe(), 'whsec_other'), '--json');

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      scheme: 'stripe',
      valid: false,
      at: '2027-01-15T08:00:00.000Z',
      reason: 'signature-mismatch',
      checks: [
        { check: 'headers', passed: true },
        { check: 'time', passed: true },
        { check: 'signature', passed: false },
      ],
      causes: [expect.stringContaining('another one'), expect.any(String)],
    });
  });
});

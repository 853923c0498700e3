import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type SchemeOptions, schemes } from '../../../functions/signatures/schemes.ts';

const options: SchemeOptions = { certificates: { download: async () => undefined, authorities: () => [] } };
const check = (name: keyof typeof schemes, secret: string) => schemes[name].create(options).checkSecret(secret);

const spki = (type: 'ec' | 'ed25519', options?: object) =>
  generateKeyPairSync(type as 'ec', options as { namedCurve: string })
    .publicKey.export({ format: 'der', type: 'spki' })
    .toString('base64');
const key32 = Buffer.alloc(32, 9).toString('base64');

describe('a secret in the form that the sender gives it', () => {
  test.each<[keyof typeof schemes, string]>([
    ['stripe', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['standard-webhooks', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['standard-webhooks', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['standard-webhooks', `whsec_${key32.replace('=', '')}`],
    ['standard-webhooks', 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4='],
    ['github', 'any words that somebody typed'],
    ['shopify', 'shpss_0123456789abcdef0123456789abcdef'],
    ['slack', '8f742231b10e8888abcd99yyyzzz85a5'],
    ['hubspot', 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy'],
    ['twilio', '0123456789abcdef0123456789abcdef'],
    ['zendesk', 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=='],
    ['discord', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'],
    ['discord', 'D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A'],
    ['paddle', 'pdl_ntfset_01gkpjp8bkm3tm53kdgkx6sms7_6YqSsFlVdQyDPZSZ9mCLWFRuVx9zVJcq'],
    ['square', 'Ibxx_5AKakO-3qeNVR61Dw'],
    ['adyen', 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00'],
    ['sendgrid', spki('ec', { namedCurve: 'P-256' })],
    ['paypal', '96605875FF6516633'],
    ['hmac', 'p'],
    ['salesforce-callout', 'a0b1c2'],
    ['salesforce-outbound-message', `00D5f000005KcCnEAK:${'t'.repeat(32)}`],
    ['salesforce-outbound-message', `00D5f000005KcCn:${'a-_9'.repeat(32)}`],
  ])('passes: %s, %s', (name, secret) => {
    expect(check(name, secret)).toBeUndefined();
  });
});

describe('a secret in a form that no sender signs with', () => {
  test.each<[keyof typeof schemes, string, RegExp]>([
    ['stripe', 'sk_live_51H', /API key/],
    ['stripe', 'rk_test_51H', /API key/],
    ['stripe', 'we_1Mr5jULkdIwHu7ix1ibLTM0x', /whsec_/],
    ['stripe', 'whsec_a b', /blanks/],
    ['standard-webhooks', `whsk_${key32}`, /private key/],
    ['standard-webhooks', 'whpk_AAAA', /32 bytes/],
    ['standard-webhooks', 'whsec_AAAA', /24 to 64 bytes/],
    ['standard-webhooks', 'whsec_not base64', /base64/],
    ['shopify', 'a b', /blanks/],
    ['slack', 'xoxb-1-2-3', /token/],
    ['hubspot', 'pat-na1-1', /access token/],
    ['twilio', `AC${'0'.repeat(32)}`, /SID/],
    ['discord', 'MTIzNDU2Nzg5', /64 hex digits/],
    ['sendgrid', 'SG.abc.def', /public key/],
    ['sendgrid', key32, /public key/],
    ['sendgrid', spki('ed25519'), /P-256/],
    ['sendgrid', spki('ec', { namedCurve: 'P-384' }), /P-256/],
    ['paddle', 'pdl_live_apikey_01h', /API key/],
    ['adyen', 'DFB1EB54', /64 hex digits/],
    ['adyen', 'no hex at all', /64 hex digits/],
    ['salesforce-outbound-message', 't'.repeat(32), /organisation/],
    ['salesforce-outbound-message', `001J2zcAbi00001AAA:${'t'.repeat(32)}`, /organisation/],
    ['salesforce-outbound-message', '00D5f000005KcCnEAK:short', /32 to 128/],
    ['salesforce-outbound-message', `00D5f000005KcCnEAK:${'t'.repeat(31)}&`, /letters, digits/],
    ['github', ' \n', /empty/],
  ])('is named: %s, %s', (name, secret, flaw) => {
    const said = check(name, secret);

    expect(said).toMatch(flaw);
    expect(said).not.toContain(secret.trim() || 'undefined');
  });
});

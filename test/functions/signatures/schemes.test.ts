import { generateKeyPairSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Sign, SignatureScheme } from '../../../functions/contract/signature-scheme.ts';
import { type SchemeOptions, schemes } from '../../../functions/signatures/schemes.ts';
import { calledUrl, sampleMs } from './support/scheme-case.ts';

const options: SchemeOptions = { certificates: { download: async () => undefined, authorities: () => [] } };
const entries: Record<string, { create(o: SchemeOptions): SignatureScheme; signer?(o: SchemeOptions): Sign }> = schemes;
const rows = Object.entries(entries).map(([name, entry]) => ({ name, ...entry, scheme: entry.create(options) }));

describe('the table of schemes', () => {
  test('has every file of the folder, and names each as its file is', () => {
    const folder = new URL('../../../functions/signatures/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'schemes.ts');

    const names = rows.map(({ scheme }) => `${scheme.name}.ts`);

    expect(names.toSorted()).toEqual(files.toSorted());
    expect(rows.map(({ scheme }) => scheme.name)).toEqual(rows.map(({ name }) => name));
  });

  test.each(rows)('says of $name what its receiver needs', ({ scheme }) => {
    const { headers, secretForm, repeats } = scheme;

    expect(headers).toEqual(headers.map((name) => name.toLowerCase()));
    expect(secretForm).toMatch(/^[^.]{10,100}(\.\.\.|[^.])/);
    expect(scheme.checkSecret('')).toEqual(expect.any(String));
    expect(repeats.by === 'header' ? repeats.headers.length : 1).toBeGreaterThan(0);
  });

  test('makes all but PayPal sign', () => {
    const silent = rows.filter(({ signer }) => signer === undefined).map(({ name }) => name);

    expect(silent).toEqual(['paypal']);
  });
});

describe('what we sign as the sender', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const payments = JSON.stringify({
    live: 'false',
    notificationItems: [
      { NotificationRequestItem: { pspReference: '1', amount: { value: 5, currency: 'EUR' }, success: 'true' } },
      { NotificationRequestItem: { pspReference: '2', additionalData: { kept: 'as it was' } } },
    ],
  });
  const ofAll = rows.flatMap(({ name, signer, scheme }) => (signer ? [{ name, sign: signer(options), scheme }] : []));
  const outbound = '<OrganizationId>00Dxx0000000001</OrganizationId>';
  const requests = ofAll.flatMap((row) => [
    { ...row, title: row.name, body: signsNoBody(row.name) ? outbound : '{"id":"evt_1"}', headers: {} },
    ...(row.name === 'twilio' ? [{ ...row, title: 'twilio: a form', body: 'b=2&a=%C3%A9+1&b=1', headers: form }] : []),
    ...(row.name === 'adyen' ? [{ ...row, title: 'adyen: payments', body: payments, headers: {} }] : []),
    ...(row.name === 'standard-webhooks'
      ? [{ ...row, name: 'ed25519', title: 'standard-webhooks: v1a', body: '{}', headers: { 'webhook-id': 'msg_7' } }]
      : []),
  ]);

  test.each(requests)('$title: its receiver accepts, and nothing else', ({ name, sign, scheme, body, headers }) => {
    const { key, secret } = keysOf(name);
    const request = { method: 'POST', url: calledUrl, headers, body: Buffer.from(body) };

    const signed = sign(request, key, sampleMs);
    const verify = (secrets: string[], changes = {}) => scheme.verify({ ...signed, ...changes }, secrets, sampleMs);

    expect(scheme.checkSecret(secret)).toBeUndefined();
    expect(verify([secret])).toEqual({ valid: true });
    const [before, behind] = signsNoBody(name) ? [outbound, ''] : ['', 'x'];
    const other = Buffer.concat([Buffer.from(before), signed.body, Buffer.from(behind)]);
    expect(verify([secret], { body: other }).valid).toBe(false);
    expect(verify([`${secret}x`]).valid).toBe(false);
    expect(signed.headers).toMatchObject(headers);
  });

  test.each(ofAll)('$name: nothing is signed by an empty secret', ({ sign }) => {
    const request = { method: 'POST', url: calledUrl, headers: { 'webhook-id': 'msg_1' }, body: Buffer.from('{}') };

    expect(() => sign(request, '', sampleMs)).toThrow();
  });

  test.each(ofAll.filter(({ name }) => /twilio|square|hubspot/.test(name)))(
    '$name: nothing is signed for a URL that nobody named',
    ({ sign }) => {
      expect(() => sign({ headers: {}, body: Buffer.from('{}') }, 'secret', sampleMs)).toThrow(/URL|url/);
    },
  );
});

/** Of its body nothing counts but the one id in it. */
function signsNoBody(name: string): boolean {
  return name === 'salesforce-outbound-message';
}

/** What the sender signs with, and what its receiver holds. */
function keysOf(name: string): { key: string; secret: string } {
  const shared: Record<string, string> = {
    stripe: 'whsec_1',
    'standard-webhooks': `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
    adyen: '0A'.repeat(32),
    'salesforce-outbound-message': `00D5f000005KcCnEAK:${'t'.repeat(32)}`,
  };
  if (name === 'sendgrid') {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    return { key, secret: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
  }
  if (name === 'discord' || name === 'ed25519') {
    const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
    if (name === 'discord') return { key: seed.toString('hex'), secret: point.toString('hex') };
    const both = Buffer.concat([seed, point]).toString('base64');
    return { key: `whsk_${both}`, secret: `whpk_${point.toString('base64')}` };
  }
  const secret = shared[name] ?? 'secret-of-the-sender';
  return { key: secret, secret };
}

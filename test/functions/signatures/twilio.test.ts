import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { twilio } from '../../../functions/signatures/twilio.ts';
import { posted } from './support/scheme-case.ts';

const token = 'auth-token';
const signatureOf = (text: string) => createHmac('sha1', token).update(text).digest('base64');

function verify(url: string, body: string, signed: string, scheme = twilio()) {
  const request = posted(Buffer.from(body), { 'x-twilio-signature': signatureOf(signed) }, url);
  return scheme.verify(request, [token], 0);
}

describe('the URL that Twilio signs', () => {
  const url = "https://example.test/in?Body=It's+on&a=1&b=2&a=%7e";

  test.each([
    url,
    "https://example.test:443/in?Body=It's+on&a=1&b=2&a=%7e",
    'https://example.test/in?Body=It%27s+on&a=1&b=2&a=%7e',
    'https://example.test:443/in?Body=It%27s+on&a=1&b=2&a=%7e',
    "https://example.test/in?Body=It's%20on&a=1&a=~&b=2",
    "https://example.test:443/in?Body=It's%20on&a=1&a=~&b=2",
  ])('may be %s', (signed) => {
    expect(verify(url, '', signed)).toEqual({ valid: true });
  });

  test.each([
    ['https://example.test:8443/in', 'https://example.test:8443/in'],
    ['https://example.test:8443/in', 'https://example.test/in'],
    ['http://example.test/in', 'http://example.test:80/in'],
    ['https://[::1]:8443/in', 'https://[::1]/in'],
    ['https://user:p%40ss@example.test:1/in?a=b', 'https://user:p%40ss@example.test/in?a=b'],
    ['https://example.test/in?', 'https://example.test/in?'],
    ['https://example.test/in?a=%ff%zz', 'https://example.test/in?a=%ff%zz'],
  ])('of a call to %s may be %s', (called, signed) => {
    expect(verify(called, '', signed)).toEqual({ valid: true });
  });

  test.each([
    'https://example.test/in',
    'https://example.test/in?Body=Its+on&a=1&b=2&a=%7e',
    'https://example.test:80/in?Body=It%27s+on&a=1&b=2&a=%7e',
    'http://example.test/in?Body=It%27s+on&a=1&b=2&a=%7e',
  ])('is not %s', (signed) => {
    expect(verify(url, '', signed)).toEqual({ valid: false, reason: 'signature-mismatch' });
  });

  test('may be told to be another one', () => {
    const scheme = twilio({ publicUrl: 'https://public.example.test/sms' });

    const verification = verify('https://internal.test/x?a=1', '', 'https://public.example.test/sms?a=1', scheme);

    expect(verification).toEqual({ valid: true });
  });
});

describe('the body that Twilio signs', () => {
  const url = 'https://example.test/in';

  test.each([
    ['b=2&a=1', 'a1b2'],
    ['B=1&a=2&A=3', 'A3B1a2'],
    ['a=2&a=1&a=2', 'a1a2'],
    ['a=%2B1+2%20', 'a+1 2 '],
    ['a=%C3%A9', 'aé'],
    ['a=1=2&b', 'a1=2b'],
    ['a=%zz%4', 'a%zz%4'],
    ['&&a=1&', 'a1'],
    ['', ''],
  ])('of the form "%s" is "%s"', (form, signed) => {
    expect(verify(url, form, url + signed)).toEqual({ valid: true });
  });

  test('is never left out, whatever the request calls it: a signature of the bare URL makes no body good', () => {
    const smuggled = ['{"paid":true}', 'Body=paid', '\0', '=1', ' '];

    const verifications = smuggled.map((body) => verify(url, body, url));

    expect(verifications.filter(({ valid }) => valid)).toEqual([]);
  });

  test('is the one whose hash the URL has, and no other', () => {
    const hashed = `${url}?bodySHA256=${createHash('sha256').update('{}').digest('hex')}`;

    const verifications = ['{}', '{ }', ''].map((body) => verify(hashed, body, hashed).valid);

    expect(verifications).toEqual([true, false, false]);
  });

  test('costs little, however large and oddly written it is', () => {
    const body = Buffer.from(`a=${'%41'.repeat(300_000)}`);
    const request = posted(body, { 'x-twilio-signature': 'forged' }, url);
    const startMs = performance.now();

    const verification = twilio().verify(request, [token], 0);

    expect(verification.valid).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});

import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hubspot } from '../../../functions/signatures/hubspot.ts';
import { calledUrl, posted, sampleMs } from './support/scheme-case.ts';

const [secret, body] = ['client-secret', Buffer.from('[{"eventId":1}]')];
const v1 = createHash('sha256').update(secret).update(body).digest('hex');
const v3 = (url: string) => createHmac('sha256', secret).update(`POST${url}${body}${sampleMs}`).digest('base64');
const old = { 'x-hubspot-signature': v1, 'x-hubspot-signature-version': 'v1' };
const current = { 'x-hubspot-signature-v3': v3(calledUrl), 'x-hubspot-request-timestamp': `${sampleMs}` };

const verify = (scheme: ReturnType<typeof hubspot>, headers: Record<string, string>, nowMs = sampleMs) =>
  scheme.verify(posted(body, headers), [secret], nowMs);

describe('the versions of HubSpot', () => {
  const all = hubspot({ versions: ['v3', 'v2', 'v1'] });

  test('that nobody asked for do not count', () => {
    const verification = verify(hubspot(), old);

    expect(verification).toEqual({ valid: false, reason: 'header-missing' });
  });

  test('all count where all are asked for', () => {
    const verifications = [verify(all, old), verify(all, current), verify(all, { ...old, ...current })];

    expect(verifications).toEqual([{ valid: true }, { valid: true }, { valid: true }]);
  });

  test('give no way round v3 where it is there: it signs the time', () => {
    const late = verify(all, { ...old, ...current }, sampleMs + 300_001);
    const forged = verify(all, { ...old, ...current, 'x-hubspot-signature-v3': 'forged' });

    expect(late).toEqual({ valid: false, reason: 'timestamp-outside-window' });
    expect(forged).toEqual({ valid: false, reason: 'signature-mismatch' });
  });
});

describe('the URL that HubSpot signs', () => {
  test.each([
    { called: '?at=12%3A30%2F31%3f%40', signed: '?at=12:30/31?@' },
    { called: '?a=%21%24%27%28%29%2A%2C%3B', signed: "?a=!$'()*,;" },
    { called: '?a=%20%26%25', signed: '?a=%20%26%25' },
    { called: '?a=12:30', signed: '?a=12:30' },
    { called: '?at=12%3A30', signed: '?at=12%3A30' },
  ])('of a call to $called has $signed', ({ called, signed }) => {
    const url = calledUrl.replace(/\?.*/, '');
    const headers = { ...current, 'x-hubspot-signature-v3': v3(url + signed) };

    const verification = hubspot().verify(posted(body, headers, url + called), [secret], sampleMs);

    expect(verification).toEqual({ valid: true });
  });

  test('may be told to be another one', () => {
    const scheme = hubspot({ publicUrl: 'https://public.example.test/hubspot' });
    const headers = { ...current, 'x-hubspot-signature-v3': v3('https://public.example.test/hubspot?tenant=7') };

    const verification = scheme.verify(posted(body, headers), [secret], sampleMs);

    expect(verification).toEqual({ valid: true });
  });

  test.each(['hooks.example.test/hubspot', 'https://hooks.example.test/?a=1', ''])(
    'can not be told to be "%s"',
    (publicUrl) => {
      expect(() => hubspot({ publicUrl })).toThrow('publicUrl must be a whole URL without a query');
    },
  );
});

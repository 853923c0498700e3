import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { toRequest } from '../../../functions/receive-webhook/handler.ts';
import { liveSecrets } from '../../../functions/receive-webhook/live-secrets.ts';
import { type Headers, schemeCases, validSample } from './scheme-cases.ts';

const bodies = [
  { title: 'a byte order mark', body: Buffer.from('\uFEFF{"id":"evt_1"}') },
  { title: 'multi-byte text', body: Buffer.from('{"name":"Zoë 東京 😀 e\u0301"}') },
  { title: 'line breaks and blanks', body: Buffer.from('\r\n{ "id" : "evt_1" }\t\n\n') },
  { title: 'zero bytes', body: Buffer.from('{"id":"a\0b"}\0') },
  { title: 'no bytes', body: Buffer.alloc(0) },
];
const binaryBodies = [
  { title: 'invalid UTF-8', body: Buffer.from([0x7b, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x7d]) },
  { title: 'gzip bytes', body: gzipSync('{"id":"evt_1"}') },
  { title: 'all 256 bytes', body: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) },
];

/** Signed over these exact bytes: whatever they are, and however the gateway hands them over. */
describe.each(schemeCases)('$title accepts', (one) => {
  test.each(bodies)('$title, as text', ({ body }) => {
    const { headers, secret, nowMs } = signed(body);
    const event = { headers, body: body.toString('utf8'), isBase64Encoded: false };

    const verification = one.scheme.verify(toRequest(event), [secret], nowMs);

    expect(verification).toEqual({ valid: true });
  });

  test.each([...bodies, ...binaryBodies])('$title, in base64', ({ body }) => {
    const { headers, secret, nowMs } = signed(body);
    const event = { headers, body: body.toString('base64'), isBase64Encoded: true };

    const verification = one.scheme.verify(toRequest(event), [secret], nowMs);

    expect(verification).toEqual({ valid: true });
  });

  test('a request whose body the gateway leaves out as empty', () => {
    const { headers, secret, nowMs } = signed(Buffer.alloc(0));

    const verification = one.scheme.verify(toRequest({ headers, isBase64Encoded: false }), [secret], nowMs);

    expect(verification).toEqual({ valid: true });
  });

  test.each([
    { title: 'upper', respell: (name: string) => name.toUpperCase() },
    { title: 'title', respell: (name: string) => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()) },
    { title: 'mixed', respell: (name: string) => name.replace(/[a-m]/g, (letter) => letter.toUpperCase()) },
  ])('header names in $title case', ({ respell }) => {
    const { headers, body, secret, nowMs } = validSample(one);
    const event = { headers: renamed(headers, respell), body: body.toString(), isBase64Encoded: false };

    const verification = one.scheme.verify(toRequest(event), [secret], nowMs);

    expect(verification).toEqual({ valid: true });
  });

  test('the old secret within its overlap, and the new one', () => {
    const { headers, body, secret, nowMs } = validSample(one);
    const previousValidUntil = new Date(nowMs + 1).toISOString();
    const rotating = (current: string, previous: string) =>
      liveSecrets(JSON.stringify({ current, previous, previousValidUntil }), nowMs);

    const byOld = one.scheme.verify({ headers, body }, rotating('whsec_new', secret), nowMs);
    const byNew = one.scheme.verify({ headers, body }, rotating(secret, 'whsec_old'), nowMs);

    expect([byOld, byNew]).toEqual([{ valid: true }, { valid: true }]);
  });

  function signed(body: Buffer) {
    const { secret, seconds, nowMs } = validSample(one);
    return { headers: one.headers(one.sign(body, secret, seconds), seconds), secret, nowMs };
  }
});

function renamed(headers: Headers, respell: (name: string) => string): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [respell(name), value]));
}

import { describe, expect, test } from 'vitest';
import { looksSigned, looksSignedUnread } from '../../../functions/receive-webhook/looks-signed.ts';
import { adyen } from '../../../functions/signatures/adyen.ts';
import { hmac } from '../../../functions/signatures/hmac.ts';
import { salesforceOutboundMessage } from '../../../functions/signatures/salesforce-outbound-message.ts';
import { validSample } from '../signatures/support/scheme-case.ts';
import { schemeCases } from '../signatures/support/scheme-cases.ts';

const scan = { 'content-type': 'application/json', 'user-agent': 'Scanner/1.0', accept: '*/*' };

describe.each(schemeCases)('by $title', (one) => {
  const { request, nowMs } = validSample(one);

  test('a scan that was refused does not look signed', () => {
    const verdict = one.scheme.verify({ ...request, headers: scan, body: Buffer.from('{}') }, [one.secret], nowMs);

    expect(verdict.valid || looksSigned(scan, one.scheme, verdict.reason)).toBe(false);
  });

  test('what its sender sends looks signed, its body unread', () => {
    expect(looksSignedUnread(request.headers, one.scheme, nowMs)).toBe(true);
  });

  test('a scan does not, its body unread, unless the signature would be in there', () => {
    expect(looksSignedUnread(scan, one.scheme, nowMs)).toBe(one.scheme.headers.length === 0);
  });
});

test('of several headers, one is enough: somebody knows the scheme', () => {
  const scheme = hmac({ header: 'x-signature', timestampHeader: 'x-time', signedContent: '{timestamp}.{body}' });

  expect(looksSigned({ ...scan, 'x-time': '1' }, scheme, 'header-missing')).toBe(true);
});

test('a request without the token of the URL is none of its sender', () => {
  expect(looksSigned(scan, salesforceOutboundMessage(), 'token-missing')).toBe(false);
  expect(looksSigned(scan, salesforceOutboundMessage(), 'signature-mismatch')).toBe(true);
});

test('a body that is signed inside is judged by it', () => {
  expect(looksSigned(scan, adyen(), 'signature-mismatch')).toBe(true);
  expect(looksSigned(scan, adyen(), 'body-malformed')).toBe(false);
});

import { expect, it } from 'vitest';
import { signV4 } from '../../../functions/aws/signature-v4.ts';

/** Of AWS's own test suite for Signature Version 4. */
const example = {
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  scope: { region: 'us-east-1', service: 'service' },
  nowMs: Date.parse('2015-08-30T12:36:00Z'),
};

const post = { method: 'POST', host: 'example.amazonaws.com', path: '/' } as const;

it('signs the POST of the test suite (post-vanilla) as it says there', () => {
  const { credentials, scope, nowMs } = example;

  const headers = signV4({ ...post, headers: {}, body: '' }, scope, credentials, nowMs);

  expect(headers).toEqual({
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  });
});

it('signs every header, the session token and the body', () => {
  const { credentials, scope, nowMs } = example;
  const sign = (body: string, sessionToken = 'token', target = 'a') => {
    const request = { ...post, headers: { 'x-amz-target': target }, body };
    return signV4(request, scope, { ...credentials, sessionToken }, nowMs).authorization!;
  };

  const signed = sign('{}');

  expect(signed).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target,');
  expect(new Set([signed, sign('{ }'), sign('{}', 'other'), sign('{}', 'token', 'b')]).size).toBe(4);
});

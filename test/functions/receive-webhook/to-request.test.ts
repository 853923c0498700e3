import { describe, expect, test } from 'vitest';
import { toRequest } from '../../../functions/receive-webhook/to-request.ts';

type ApiEvent = Parameters<typeof toRequest>[0];

const context = (domainName: string, method: string) =>
  ({ domainName, http: { method } }) as NonNullable<ApiEvent['requestContext']>;

describe('what an HTTP API hands over', () => {
  test('is the request as it was posted', () => {
    const request = toRequest({
      headers: { 'Content-Type': 'application/json', 'x-signature': 'a,b' },
      body: '{"name":"Zoë"}',
      isBase64Encoded: false,
      rawPath: '/v1/webhooks/shop/source',
      rawQueryString: 'a=1&b=%20+',
      requestContext: context('hooks.example.test', 'POST'),
    });

    expect(request).toEqual({
      headers: { 'content-type': 'application/json', 'x-signature': 'a,b' },
      body: Buffer.from('{"name":"Zoë"}'),
      method: 'POST',
      url: 'https://hooks.example.test/v1/webhooks/shop/source?a=1&b=%20+',
    });
  });

  test('is the exact bytes where it is in base64', () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00, 0x7b]);

    const request = toRequest({ headers: {}, body: bytes.toString('base64'), isBase64Encoded: true });

    expect(request.body).toEqual(bytes);
  });

  test('joins headers that differ in case alone: neither is lost', () => {
    const headers = { 'X-Signature': 'one', 'x-other': undefined, 'x-signature': 'two', 'X-SIGNATURE': 'three' };

    const request = toRequest({ headers, isBase64Encoded: false });

    expect(request.headers).toEqual({ 'x-signature': 'one,two,three', 'x-other': undefined });
  });

  test('has no query mark where there is no query, and no URL where nobody told it', () => {
    const path = '/v1/webhooks/shop/source';
    const requestContext = context('hooks.example.test', 'POST');

    const bare = toRequest({ headers: {}, isBase64Encoded: false, rawPath: path, rawQueryString: '', requestContext });
    const unknown = toRequest({ headers: {}, isBase64Encoded: false });

    expect(bare.url).toBe('https://hooks.example.test/v1/webhooks/shop/source');
    expect(unknown).toEqual({ headers: {}, body: Buffer.alloc(0) });
  });

  test('takes no name for anything but a name', () => {
    const headers = JSON.parse('{"__proto__":"x","constructor":"y"}');

    const request = toRequest({ headers, isBase64Encoded: false });

    expect(Object.keys(request.headers)).toEqual(['__proto__', 'constructor']);
  });
});

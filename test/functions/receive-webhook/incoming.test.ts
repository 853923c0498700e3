import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ApiEvent, toIncoming } from '../../../functions/receive-webhook/incoming.ts';

/** The same request, as each gateway documents that it hands it over. */
const events = {
  'an HTTP API': readEvent('http-api'),
  'a REST API': readEvent('rest-api'),
};

function readEvent(name: string): ApiEvent {
  return JSON.parse(readFileSync(new URL(`../../fixtures/gateway-events/${name}.json`, import.meta.url), 'utf8'));
}

describe.each(Object.entries(events))('what %s hands over', (_, event) => {
  test('is the request as it was posted', () => {
    const request = toIncoming(event).read();

    expect(request).toMatchObject({
      headers: { 'content-type': 'application/json', 'x-signature': 'one,two' },
      method: 'POST',
      url: 'https://abcdef1234.execute-api.eu-central-1.amazonaws.com/v1/webhooks/shop/source?tag=a&tag=b%20c',
    });
    expect(Buffer.from(request.body).toString()).toBe('{"name":"Zoë"}');
    expect(Object.keys(request.headers).filter((name) => name !== name.toLowerCase())).toEqual([]);
  });

  test('comes from who connected, whoever a header says it came from', () => {
    expect(toIncoming(event).sourceIp).toBe('203.0.113.7');
  });

  test.each([
    { title: 'text', body: 'Zoë 😀', isBase64Encoded: false, bytes: 9 },
    { title: 'base64', body: Buffer.from('Zoë 😀').toString('base64'), isBase64Encoded: true, bytes: 9 },
    { title: 'base64 of 7 bytes', body: Buffer.alloc(7).toString('base64'), isBase64Encoded: true, bytes: 7 },
    { title: 'base64 of 8 bytes', body: Buffer.alloc(8).toString('base64'), isBase64Encoded: true, bytes: 8 },
    { title: 'nothing', body: '', isBase64Encoded: false, bytes: 0 },
  ])('has as many bytes as were posted, before they are decoded: $title', ({ body, isBase64Encoded, bytes }) => {
    const incoming = toIncoming({ ...event, body, isBase64Encoded });

    expect(incoming.bodyBytes).toBe(bytes);
    expect(incoming.read().body).toHaveLength(bytes);
  });

  test('is the exact bytes where it is in base64', () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00, 0x7b]);

    const { body } = toIncoming({ ...event, body: bytes.toString('base64'), isBase64Encoded: true }).read();

    expect(body).toEqual(bytes);
  });
});

describe('an HTTP API', () => {
  test('may leave out what there is not: body, query, and what it knows of the caller', () => {
    const path = '/v1/webhooks/shop/source';
    const requestContext = { domainName: 'hooks.example.test', http: { method: 'POST' } };
    const bare = { headers: {}, isBase64Encoded: false, rawPath: path, rawQueryString: '', requestContext } as ApiEvent;

    expect(toIncoming(bare).read().url).toBe('https://hooks.example.test/v1/webhooks/shop/source');
    const unknown = toIncoming({ headers: {}, isBase64Encoded: false });
    expect(unknown).toMatchObject({ bodyBytes: 0, sourceIp: undefined });
    expect(unknown.read()).toEqual({ headers: {}, body: Buffer.alloc(0) });
  });

  test('may spell headers in several ways: those that differ in case alone are joined', () => {
    const headers = { 'X-Signature': 'one', 'x-other': undefined, 'x-signature': 'two', 'X-SIGNATURE': 'three' };

    const incoming = toIncoming({ headers, isBase64Encoded: false });

    expect(incoming.headers).toEqual({ 'x-signature': 'one,two,three', 'x-other': undefined });
  });

  test('may name headers as objects name their parts', () => {
    const headers = JSON.parse('{"__proto__":"x","constructor":"y"}');

    const incoming = toIncoming({ headers, isBase64Encoded: false });

    expect(Object.keys(incoming.headers)).toEqual(['__proto__', 'constructor']);
  });
});

describe('a REST API', () => {
  const event = events['a REST API'];

  test('says null where there is nothing', () => {
    const nothing = { body: null, multiValueQueryStringParameters: null, multiValueHeaders: null };

    const incoming = toIncoming(JSON.parse(JSON.stringify({ ...event, ...nothing })));

    expect(incoming).toMatchObject({ headers: {}, bodyBytes: 0 });
    expect(incoming.read().url).not.toContain('?');
  });

  test('joins headers that differ in case alone: neither is lost', () => {
    const multiValueHeaders = { 'X-Signature': ['one', 'two'], 'x-signature': ['three'] };

    expect(toIncoming({ ...event, multiValueHeaders } as ApiEvent).headers).toEqual({ 'x-signature': 'one,two,three' });
  });

  test('tells a query taken apart: its URL is the one that a usual client would have written', () => {
    const multiValueQueryStringParameters = { 'a b': ['1&2'], c: ['', 'ü'] };

    const { url } = toIncoming({ ...event, multiValueQueryStringParameters } as ApiEvent).read();

    expect(new URL(url!).search).toBe('?a%20b=1%262&c=&c=%C3%BC');
  });
});

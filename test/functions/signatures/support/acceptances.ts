import { gzipSync } from 'node:zlib';
import type { SignedRequest } from '../../../../functions/contract/signature-scheme.ts';
import type { ApiEvent, HttpApiEvent } from '../../../../functions/receive-webhook/incoming.ts';
import { type SchemeCase, sampleMs, signedSample, validSample } from './scheme-case.ts';

/** One request that must pass, as the gateway hands it over. */
export interface Acceptance {
  readonly title: string;
  readonly event: ApiEvent;
  /** The bytes that its sender posted. */
  readonly body: Uint8Array;
  /** The secret's text, as the receiver reads it. */
  readonly secret: string;
  readonly nowMs: number;
}

const texts = {
  'a byte order mark': '\uFEFF{"id":"evt_1"}',
  'multi-byte text': '{"name":"Zoë 東京 😀 e\u0301"}',
  'line breaks and blanks': '\r\n{ "id" : "evt_1" }\t\n\n',
  'zero bytes': '{"id":"a\0b"}\0',
  'what a template would fill in': '{"id":"{timestamp}.{body}$&"}',
  'no bytes': '',
};

const binaries = {
  'invalid UTF-8': Buffer.from([0x7b, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x7d]),
  'gzip bytes': gzipSync('{"id":"evt_1"}'),
  'all 256 bytes': Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
};

/** Signed over these exact bytes: whatever they are, however the gateway hands them over, by whatever secret counts. */
export function acceptancesOf(one: SchemeCase): Acceptance[] {
  return [
    ...bodyAcceptances(one),
    ...restAcceptances(one),
    ...headerAcceptances(one),
    ...secretAcceptances(one),
    ...timeAcceptances(one),
  ];
}

function bodyAcceptances(one: SchemeCase): Acceptance[] {
  const asText = Object.entries(texts).map(([title, text]) => ({ title, content: Buffer.from(text) }));
  const asBytes = Object.entries(binaries).map(([title, content]) => ({ title, content }));
  const mebibyte = { title: '1 MiB', content: Buffer.from('{"id":"evt_1"}'.padEnd(1024 * 1024)) };
  const empty = signedSample(one, Buffer.alloc(0)).request;
  return [
    ...asText.map(({ title, content }) => acceptance(one, `${title}, as text`, signedSample(one, content).request)),
    ...[...asText, ...(one.textOnly ? [] : asBytes), mebibyte].map(({ title, content }) => {
      const { request } = signedSample(one, content);
      const event = { ...gatewayEvent(request), body: encoded(request, 'base64'), isBase64Encoded: true };
      return { ...acceptance(one, `${title}, in base64`, request), event };
    }),
    ...(empty.body.length > 0
      ? []
      : [{ ...acceptance(one, 'an empty body, which the gateway leaves out', empty), event: withoutBody(empty) }]),
  ];
}

/** A REST API hands every body over in base64, and header names as the sender spelt them. */
function restAcceptances(one: SchemeCase): Acceptance[] {
  const contents = { 'multi-byte text': Buffer.from(texts['multi-byte text']), ...(one.textOnly ? {} : binaries) };
  return Object.entries(contents).map(([title, content]) => {
    const { request } = signedSample(one, content);
    return { ...acceptance(one, `${title}, by a REST API`, request), event: restEvent(request) };
  });
}

function headerAcceptances(one: SchemeCase): Acceptance[] {
  const { request } = validSample(one);
  const spellings: Record<string, (name: string) => string> = {
    upper: (name) => name.toUpperCase(),
    title: (name) => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
    mixed: (name) => name.replace(/[a-m]/g, (letter) => letter.toUpperCase()),
  };
  return Object.entries(spellings).map(([title, respell]) => {
    const headers = Object.entries(request.headers).map(([name, value]) => [respell(name), value]);
    const event = { ...gatewayEvent(request), headers: Object.fromEntries(headers) };
    return { ...acceptance(one, `header names in ${title} case`, request), event };
  });
}

function secretAcceptances(one: SchemeCase): Acceptance[] {
  const { request, nowMs } = validSample(one);
  const previousValidUntil = new Date(nowMs + 1).toISOString();
  const rotating = (current: string, previous: string) => JSON.stringify({ current, previous, previousValidUntil });
  return [
    { ...acceptance(one, 'the old secret within its overlap', request), secret: rotating(one.otherSecret, one.secret) },
    { ...acceptance(one, 'the new secret beside an old one', request), secret: rotating(one.secret, one.otherSecret) },
    { ...acceptance(one, 'a secret with a line break behind it', request), secret: `${one.secret}\n` },
  ];
}

function timeAcceptances(one: SchemeCase): Acceptance[] {
  const { request } = validSample(one);
  const { toleranceSeconds } = one.scheme;
  const sides = toleranceSeconds === 0 ? [] : [toleranceSeconds, -toleranceSeconds];
  return sides.map((seconds) => ({
    ...acceptance(one, `a time at the very edge of the window: ${seconds} s`, request),
    nowMs: sampleMs + seconds * 1000,
  }));
}

function acceptance(one: SchemeCase, title: string, request: SignedRequest): Acceptance {
  return { title, event: gatewayEvent(request), body: request.body, secret: one.secret, nowMs: sampleMs };
}

/** What an HTTP API makes of a request (payload format 2.0). */
function gatewayEvent(request: SignedRequest): HttpApiEvent {
  const { host, pathname, search } = new URL(request.url!);
  const http = { method: request.method } as NonNullable<HttpApiEvent['requestContext']>['http'];
  return {
    headers: request.headers,
    body: encoded(request, 'utf8'),
    isBase64Encoded: false,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    requestContext: { domainName: host, http } as NonNullable<HttpApiEvent['requestContext']>,
  };
}

/** What a REST API makes of it (payload format 1.0), whose stage is the path's first part. */
function restEvent(request: SignedRequest): ApiEvent {
  const { host, pathname, searchParams } = new URL(request.url!);
  const spelt = (name: string) => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  const headers = Object.entries(request.headers).map(([name, value]) => [spelt(name), [value]]);
  const query = [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]);
  const requestContext = { domainName: host, path: pathname, identity: { sourceIp: '203.0.113.7' } };
  const event = {
    httpMethod: request.method,
    multiValueHeaders: Object.fromEntries(headers),
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    requestContext,
    body: encoded(request, 'base64'),
    isBase64Encoded: true,
  };
  return event as unknown as ApiEvent;
}

function withoutBody(request: SignedRequest): ApiEvent {
  const { body: _, ...event } = gatewayEvent(request);
  return event;
}

function encoded({ body }: SignedRequest, encoding: 'utf8' | 'base64'): string {
  return Buffer.from(body).toString(encoding);
}

import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type HmacOptions, hmac, signHmac } from '../../../functions/signatures/hmac.ts';
import { posted, sampleMs } from './support/scheme-case.ts';

describe('hmac refuses to be made', () => {
  test('without the body in what is signed', () => {
    const make = () => hmac({ header: 'x-signature', signedContent: '{timestamp}', timestampHeader: 'x-time' });

    expect(make).toThrow('hmac.signedContent lacks {body}');
  });

  test.each([
    { title: 'a time header that is not signed', options: { timestampHeader: 'x-time' } },
    { title: 'a signed time that no header carries', options: { signedContent: '{timestamp}.{body}' } },
  ])('with $title', ({ options }) => {
    const make = () => hmac({ header: 'x-signature', ...options });

    expect(make).toThrow('exactly when hmac.timestampHeader is set');
  });

  test('with a signed id that no header carries', () => {
    const make = () => hmac({ header: 'x-signature', signedContent: '{id}.{body}' });

    expect(make).toThrow('hmac.idHeader is not set');
  });
});

describe('hmac declares', () => {
  test.each<{ title: string; options: Partial<HmacOptions>; declared: object }>([
    { title: 'nothing more', options: {}, declared: { headers: ['x-signature'], repeats: { by: 'body' } } },
    {
      title: 'an id that is not signed',
      options: { idHeader: 'X-Id' },
      declared: { headers: ['x-signature'], repeats: { by: 'header', headers: ['x-id'], signed: false } },
    },
    {
      title: 'a signed id',
      options: { idHeader: 'X-Id', signedContent: '{id}{body}' },
      declared: { headers: ['x-signature', 'x-id'], repeats: { by: 'header', headers: ['x-id'], signed: true } },
    },
    {
      title: 'a time that is signed, but not judged',
      options: { timestampHeader: 'X-Time', signedContent: '{timestamp}{body}', toleranceSeconds: 0 },
      declared: { headers: ['x-signature', 'x-time'], toleranceSeconds: 0 },
    },
  ])('$title', ({ options, declared }) => {
    expect(hmac({ header: 'X-Signature', ...options })).toMatchObject(declared);
  });
});

describe('hmac takes', () => {
  const body = Buffer.from('{"id":1}');

  test.each<{ options: Partial<HmacOptions>; time: string; encoding: 'hex' | 'base64' | 'base64url'; hash: string }>([
    { options: { encoding: 'base64url' }, time: '1800000000', encoding: 'base64url', hash: 'sha256' },
    { options: { hash: 'sha384' }, time: '1800000000', encoding: 'hex', hash: 'sha384' },
    { options: { timestampUnit: 'milliseconds' }, time: '1800000000000', encoding: 'hex', hash: 'sha256' },
    { options: { timestampUnit: 'iso' }, time: '2027-01-15T08:00:00Z', encoding: 'hex', hash: 'sha256' },
    { options: { timestampUnit: 'iso' }, time: '2027-01-15T08:00:00.999Z', encoding: 'hex', hash: 'sha256' },
  ])('$options with the time $time', ({ options, time, encoding, hash }) => {
    const scheme = hmac({
      header: 'x-signature',
      signedContent: '{timestamp}{body}',
      timestampHeader: 'x-time',
      ...options,
    });
    const signature = createHmac(hash, 'secret').update(`${time}${body}`).digest(encoding);

    const verification = scheme.verify(
      posted(body, { 'x-signature': signature, 'x-time': time }),
      ['secret'],
      sampleMs,
    );

    expect(verification).toEqual({ valid: true });
  });

  test('a key in base64, with or without its padding', () => {
    const key = Buffer.from('twenty bytes of key!');
    const scheme = hmac({ header: 'x-signature', secretEncoding: 'base64' });
    const request = posted(body, { 'x-signature': createHmac('sha256', key).update(body).digest('hex') });

    const spellings = [key.toString('base64'), key.toString('base64').replaceAll('=', ''), key.toString('hex')];

    expect(spellings.map((secret) => scheme.verify(request, [secret], 0).valid)).toEqual([true, true, false]);
    expect(spellings.map((secret) => scheme.checkSecret(secret))).toEqual([undefined, undefined, undefined]);
    expect(scheme.checkSecret('no base64!')).toBe('is not in base64');
  });

  test('what it signs itself, an id and a URL included, and signs nothing that lacks one of them', () => {
    const options: HmacOptions = {
      header: 'x-signature',
      signedContent: '{id}.{timestamp}.{method}.{url}.{body}',
      idHeader: 'x-id',
      timestampHeader: 'x-time',
    };
    const request = posted(body, { 'x-id': '7' });

    const signed = signHmac(options)(request, 'secret', sampleMs);

    expect(hmac(options).verify(signed, ['secret'], sampleMs)).toEqual({ valid: true });
    expect(() => signHmac(options)(posted(body, {}), 'secret', sampleMs)).toThrow('header-missing');
  });
});

import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { adyen } from '../../../functions/signatures/adyen.ts';
import { posted } from './support/scheme-case.ts';

const key = '0A'.repeat(32);
const otherKey = '0B'.repeat(32);
const hmac = (text: string, by = key) => createHmac('sha256', Buffer.from(by, 'hex')).update(text).digest('base64');

const signed = (pspReference: string, by = key) => ({
  NotificationRequestItem: { pspReference, additionalData: { hmacSignature: hmac(`${pspReference}:::::::`, by) } },
});
const bodyOf = (items: unknown) => JSON.stringify({ live: 'true', notificationItems: items });
const verify = (body: string, headers = {}, scheme = adyen(), secrets = [key]) =>
  scheme.verify(posted(Buffer.from(body), headers), secrets, 0);

describe("Adyen's payments", () => {
  test('pass when every item is signed, by whichever live key', () => {
    const verification = verify(bodyOf([signed('1'), signed('2', otherKey)]), {}, adyen(), [key, otherKey]);

    expect(verification).toEqual({ valid: true });
  });

  test('pass behind a byte order mark, and are read as the reader reads them', () => {
    expect(verify(`\uFEFF${bodyOf([signed('1')])}`)).toEqual({ valid: true });
  });

  test.each([
    {
      title: 'an item of another key',
      body: bodyOf([signed('1'), signed('2', otherKey)]),
      reason: 'signature-mismatch',
    },
    { title: 'an item without a signature', body: bodyOf([signed('1'), { NotificationRequestItem: {} }]) },
    {
      title: 'a signature that is no text',
      body: bodyOf([{ NotificationRequestItem: { additionalData: { hmacSignature: 1 } } }]),
    },
    { title: 'an item that is none', body: bodyOf([signed('1'), null]) },
    { title: 'no items', body: bodyOf([]) },
    { title: 'items that are no list', body: bodyOf({ 0: signed('1') }) },
    { title: 'no JSON', body: 'pspReference:::::::' },
    {
      title: 'a signed field that is an object',
      body: bodyOf([
        { NotificationRequestItem: { ...signed('[object Object]').NotificationRequestItem, pspReference: {} } },
      ]),
    },
    { title: 'nothing', body: '' },
  ])('are refused for $title', ({ body, reason = 'body-malformed' }) => {
    expect(verify(body)).toEqual({ valid: false, reason });
  });
});

describe("Adyen's two forms", () => {
  const both = adyen({ forms: ['payments', 'platform'] });

  test('each pass where both are asked for', () => {
    const verifications = [verify(bodyOf([signed('1')]), {}, both), verify('{}', { hmacsignature: hmac('{}') }, both)];

    expect(verifications).toEqual([{ valid: true }, { valid: true }]);
  });

  test('do not stand in for one another where one is asked for', () => {
    const item = bodyOf([signed('1')]);

    const verifications = [
      verify('{}', { hmacsignature: hmac('{}') }),
      verify(item, {}, adyen({ forms: ['platform'] })),
      // A signed body cut into fields at its colons, or the fields of an item posted as a body.
      verify(
        bodyOf([
          { NotificationRequestItem: { pspReference: '{"a"', additionalData: { hmacSignature: hmac('{"a":1}') } } },
        ]),
      ),
      verify('1:::::::', { hmacsignature: hmac('1:::::::') }),
    ];

    expect(verifications.map(({ valid }) => valid)).toEqual([false, false, false, false]);
  });

  test('are judged by the header alone where it is there', () => {
    const verification = verify(bodyOf([signed('1')]), { hmacsignature: 'forged' }, both);

    expect(verification).toEqual({ valid: false, reason: 'signature-mismatch' });
  });
});

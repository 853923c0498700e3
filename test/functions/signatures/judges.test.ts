import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { type Judge, judges } from './support/judges.ts';
import { calledUrl, sampleMs } from './support/scheme-case.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: sampleMs });
});
afterEach(() => {
  vi.useRealTimers();
});

const bodies: Readonly<Record<Judge['contentType'], readonly string[]>> = {
  'application/json': [
    '{"id":"evt_1","name":"Zoë 😀"}',
    '{\n  "a": [1.0, 1e3]\n}\r\n',
    `{"a":"${'x'.repeat(70_000)}"}`,
  ],
  'application/x-www-form-urlencoded': ['To=%2B1415&Body=a+b%20c&A=1', 'Body=Zo%C3%AB+%F0%9F%98%80&a=&B=%26', 'Body=x'],
};

const requestOf = ({ contentType }: Judge, body: string): SignedRequest => ({
  method: 'POST',
  url: calledUrl,
  headers: { 'content-type': contentType },
  body: Buffer.from(body),
});

/** What the library and we say of it. */
const bothOf = async ({ confirms, scheme }: Judge, request: SignedRequest, secret: string) => ({
  theirs: await confirms(request, secret),
  ours: scheme.verify(request, [secret], sampleMs).valid,
});

const [accepted, refused] = [
  { theirs: true, ours: true },
  { theirs: false, ours: false },
];

describe.each(judges)('$library', (judge) => {
  const { sign, key, secret, otherSecret } = judge;
  const signedByUs = (body: string, nowMs = sampleMs) => sign(requestOf(judge, body), key, nowMs);

  test.each(bodies[judge.contentType])('confirms what we sign: %.30j', async (body) => {
    expect(await bothOf(judge, signedByUs(body), secret)).toEqual(accepted);
  });

  const ofSigning = judge.signs ? bodies[judge.contentType] : [];
  test.each(ofSigning)('signs what we confirm: %.30j', async (body) => {
    const signed = await judge.signs!(requestOf(judge, body), key, sampleMs);

    expect(await bothOf(judge, signed, secret)).toEqual(accepted);
  });

  test('agrees about any text', async () => {
    const isForm = judge.contentType !== 'application/json';
    // The package sorts names by UTF-16, we by bytes, as the documentation has it: it matters to none that Twilio sends.
    const names = fc.string({ unit: isForm ? 'grapheme-ascii' : 'grapheme', minLength: 1 });
    const texts = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, texts, { minKeys: 1, noNullPrototype: true }), async (fields) => {
        const body = isForm ? String(new URLSearchParams(fields)) : JSON.stringify(fields);

        expect(await bothOf(judge, signedByUs(body), secret)).toEqual(accepted);
      }),
      { numRuns: 50 },
    );
  });

  test('refuses, as we do, a changed body, and another secret', async () => {
    const [body = ''] = bodies[judge.contentType];
    const signed = signedByUs(body);
    const changed = { ...signed, body: Buffer.from(body.replace('1', '2')) };

    expect(await bothOf(judge, changed, secret)).toEqual(refused);
    expect(await bothOf(judge, signed, otherSecret)).toEqual(refused);
  });

  test('refuses, as we do, each changed or missing header', async () => {
    const signed = signedByUs('{"id":"evt_1"}');
    const own = Object.keys(signed.headers).filter((name) => name !== 'content-type');
    const changed = own.flatMap((name) => {
      const value = signed.headers[name]!;
      const other = value.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));
      return [value === other ? value.slice(1) : other, value.slice(0, -4), '', undefined].map((text) => ({
        ...signed,
        headers: { ...signed.headers, [name]: text },
      }));
    });

    expect(own.length).toBeGreaterThan(0);
    for (const request of changed) expect(await bothOf(judge, request, secret)).toEqual(refused);
  });

  const ofTimes = judge.minds === 'old times' ? test : () => {};
  ofTimes('refuses, as we do, what was signed too long ago', async () => {
    const [late, justInTime] = [301, 300].map((seconds) => signedByUs('{"id":"evt_1"}', sampleMs - seconds * 1000));

    expect(await bothOf(judge, late!, secret)).toEqual(refused);
    expect(await bothOf(judge, justInTime!, secret)).toEqual(accepted);
  });

  ofTimes('or in the future, which only the package of Stripe takes', async () => {
    const early = signedByUs('{"id":"evt_1"}', sampleMs + 301_000);

    expect(await bothOf(judge, early, secret)).toEqual({ theirs: judge.library === 'stripe', ours: false });
  });

  test.each(Object.entries(judge.stricter ?? {}))('takes %s; we do not', async (_what, { name, change }) => {
    const signed = signedByUs('{"id":"evt_1"}');
    const respelt = { ...signed, headers: { ...signed.headers, [name]: change(signed.headers[name]!) } };

    expect(respelt.headers[name]).not.toBe(signed.headers[name]);
    expect(await bothOf(judge, respelt, secret)).toEqual({ theirs: true, ours: false });
  });
});

import { describe, expect, it } from 'vitest';
import { schemes } from '../../../functions/signatures/schemes.ts';
import { sampleMs, validSample } from '../../functions/signatures/support/scheme-case.ts';
import { schemeCases } from '../../functions/signatures/support/scheme-cases.ts';
import { aFile } from '../support/files.ts';
import { millrace as typed } from '../support/typed.ts';
import { body, fromSquare, fromStripe, millrace, secret, situation, wordsFor } from '../support/verify.ts';

describe('a valid request', () => {
  const plain = schemeCases.filter(({ title, scheme }) => scheme.name in schemes && !/^hmac|proxy|window/.test(title));

  it.each(plain)('by $title', async (one) => {
    const { code, out, err } = await millrace(...wordsFor(one.scheme.name, validSample(one).request, one.secret));

    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ {2}ok {6}signature {2,}by the secret/m);
    expect(out).toContain('Valid: signed by the secret in ');
  });

  it('by an hmac of its own options', async () => {
    const one = schemeCases.find(({ title }) => title.startsWith('hmac: sha512'))!;
    const options = { header: 'X-Acme-Signature', encoding: 'base64', hash: 'sha512', toleranceSeconds: '900' };
    const content = { signedContent: 'acme:{timestamp}.{body}', timestampHeader: 'X-Acme-Time' };
    const given = Object.entries({ ...options, ...content }).flatMap(([name, value]) => [
      '--option',
      `${name}=${value}`,
    ]);

    const { code } = await millrace(...wordsFor('hmac', validSample(one).request, one.secret), ...given);

    expect(code).toBe(0);
  });

  it('by the second of two secrets, whose files end in a line break', async () => {
    const words = wordsFor('stripe', fromStripe(), 'whsec_another\n');
    const right = aFile(`${secret}\r\n`);

    const { code, out } = await millrace(...words, '--secret-file', right);

    expect(code).toBe(0);
    expect(out).toContain(`Valid: signed by the secret in ${right}.`);
  });

  it('pasted as curl, at the time of its arrival', async () => {
    const [{ headers }, late] = [fromStripe(), ['--at', String(sampleMs / 1000)]];
    const curl = `curl 'https://a.example' -H 'Stripe-Signature: ${headers['stripe-signature']}' --data-raw '${body}'`;
    const words = ['verify', '--scheme', 'stripe', '--secret-file', aFile(secret), '--curl', aFile(curl)];

    const atTheTime = await typed({ ...situation, now: () => sampleMs + 1e9 }, ...words, ...late);
    const now = await typed({ ...situation, now: () => sampleMs + 1e9 }, ...words);

    expect([atTheTime.code, now.code]).toEqual([0, 1]);
  });
});

describe('wrong usage ends with 2', () => {
  const file = '/none/such';
  it.each([
    [[], '--scheme is missing'],
    [['--scheme', 'stripe'], '--secret-file is missing'],
    [['--scheme', 'strpe', '--secret-file', file], "There is no scheme 'strpe'. Did you mean 'stripe'"],
    [['--scheme', 'stripe', '--secret-file', file], "/none/such can't be read (ENOENT)"],
    [['--scheme', 'stripe', '--secret-file', '/dev/null', '--body-file', file], '/dev/null is empty'],
    [['--scheme', 'stripe', '--scheme', 'stripe'], '--scheme was given twice'],
    [['--scheme', 'hmac', '--secret-file', file, '--option', 'encoding=hex'], '--option header'],
    [
      ['--scheme', 'hmac', '--secret-file', file, '--option', 'header=a', '--option', 'signedContent=x'],
      'lacks {body}',
    ],
    [
      ['--scheme', 'stripe', '--secret-file', file, '--option', 'header=a'],
      'These are known: publicUrl, toleranceSeconds',
    ],
    [['--scheme', 'stripe', '--secret-file', file, '--option', 'header'], 'is no NAME=VALUE'],
  ])('%j', async (words, message) => {
    const { code, out, err } = await millrace('verify', ...words);

    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it.each([
    [['--at', 'noon'], "--at 'noon' is no Unix time in seconds"],
    [['--header', 'Stripe-Signature'], "A header is no 'Name: value'"],
    [['--url', '/hooks'], "--url '/hooks' is no whole URL"],
    [['surplus'], "'surplus' is too much"],
  ])('%j', async (words, message) => {
    const { code, err } = await millrace(...wordsFor('stripe', fromStripe(), secret), ...words);

    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('where the scheme signs the URL, and nobody gave it', async () => {
    const { url: _, ...request } = fromSquare('https://shop.example/x');

    const { code, err } = await millrace(...wordsFor('square', request, secret));

    expect(code).toBe(2);
    expect(err).toContain('square signs the URL: give the one that the sender called, by --url');
  });
});

it("says that nothing was verified where PayPal's certificate can not be had", async () => {
  const one = schemeCases.find(({ title }) => title === 'paypal')!;
  const certificates = { download: () => Promise.reject(new Error('No answer')), authorities: () => [] };

  const { code, out, err } = await typed(
    { ...situation, certificates },
    ...wordsFor('paypal', validSample(one).request, one.secret),
  );

  expect([code, out]).toEqual([1, '']);
  expect(err).toContain("can't be had: No answer. Nothing was verified.");
});

it('lists every scheme, one a line, its name first', async () => {
  const { code, out } = await millrace('verify', '--list');
  const json = await millrace('verify', '--list', '--json');

  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(Object.keys(schemes));
  expect(JSON.parse(json.out).map(({ name }: { name: string }) => name)).toEqual(Object.keys(schemes));
});

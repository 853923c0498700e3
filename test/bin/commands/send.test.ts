import { describe, expect, it } from 'vitest';
import { signingSecret } from '../../../bin/send/stage-webhooks.ts';
import { github } from '../../../functions/signatures/github.ts';
import { hmac } from '../../../functions/signatures/hmac.ts';
import { paypal } from '../../../functions/signatures/paypal.ts';
import { salesforceCallout } from '../../../functions/signatures/salesforce-callout.ts';
import { sendgrid } from '../../../functions/signatures/sendgrid.ts';
import { square } from '../../../functions/signatures/square.ts';
import { stripe } from '../../../functions/signatures/stripe.ts';
import { twilio } from '../../../functions/signatures/twilio.ts';
import { aFile } from '../support/files.ts';
import { origin, requests, scene, send, sourceBy, useReceiver } from '../support/sending.ts';

useReceiver();

describe('a sample', () => {
  it.each([
    ['salesforce-stripe/stripe', 'customer.created', stripe()],
    ['salesforce-stripe/stripe', 'customer.updated', stripe()],
    ['salesforce-stripe/salesforce', 'Account.CREATE', salesforceCallout()],
    ['salesforce-stripe/salesforce', 'Account.UPDATE', salesforceCallout()],
    ['github-push/github', 'push', github()],
    ['github-push/github', 'ping', github()],
  ])('of %s, %s, is signed by the secret of the stage and posted to it', async (source, sample, scheme) => {
    const { code, out, err } = await send({}, source, sample);

    expect([code, err]).toEqual([0, '']);
    expect(scene.opened).toEqual(['local']);
    const [request] = requests();
    expect(scheme.verify(request!, [scene.stage.signingSecret], Date.now())).toEqual({ valid: true });
    expect(String(request!.body)).not.toContain('{{');
    expect(request!.headers['content-type']).toContain('application/json');
    expect(out).toMatch(/│ 202 +│ 1 +│ \d+\.\d +│/);
    expect(out).toContain('`millrace trace corr-7` tells what became of it.');
  });

  it('is another event each time, so many at once, and its progress is shown', async () => {
    const progress: string[] = [];
    const four = Promise.withResolvers<void>();
    scene.mayAnswer = () => {
      if (scene.received.length === 4) four.resolve();
      return four.promise;
    };
    const words = ['salesforce-stripe/stripe', 'customer.created', '--times', '20', '--concurrency', '4'];

    const { code } = await send({ onProgress: (detail) => progress.push(detail) }, ...words);

    const ids = scene.received.map(({ body }) => JSON.parse(String(body)).id);
    expect([code, scene.received.length, new Set(ids).size]).toEqual([0, 20, 20]);
    expect(scene.atOnce.most).toBe(4);
    expect(progress).toHaveLength(20);
    expect(progress[4]).toMatch(/^█{6}░{18} 5 of 20, \d+ a second$/);
  });

  it('is about the record that was named', async () => {
    const named = await send({}, 'salesforce-stripe/stripe', 'customer.updated', '--record', 'cus_mine');
    const unnamed = await send({}, 'salesforce-stripe/stripe', 'customer.updated');

    expect([named.out, unnamed.out].map((out) => out.includes('--record names one that exists'))).toEqual([
      false,
      true,
    ]);
    expect(JSON.parse(String(scene.received[0]!.body)).data.object.id).toBe('cus_mine');
  });

  it('of GitHub has a delivery of its own each time', async () => {
    await send({}, 'github-push/github', 'push', '--times', '3');

    expect(new Set(scene.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(3);
  });
});

describe('a file', () => {
  const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x00, 0x22, 0x0d, 0x0a]);

  it('is sent as it is, each time under the same id, with the headers that were given', async () => {
    const words = ['--times', '2', '--header', 'X-GitHub-Event: push'];

    const { code } = await send({}, 'github-push/github', aFile(bytes), ...words);

    expect(code).toBe(0);
    expect(scene.received.map(({ body }) => Buffer.compare(body, bytes))).toEqual([0, 0]);
    expect(scene.received.map(({ headers }) => headers['x-github-event'])).toEqual(['push', 'push']);
    expect(new Set(scene.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1);
  });

  it('goes where --to says, signed by --secret-file, without any stage', async () => {
    const words = ['--to', `${origin()}/elsewhere`, '--secret-file', aFile('whsec_file\n')];

    const { code } = await send({}, 'stripe', aFile('{}'), ...words);

    expect([code, scene.opened, scene.received[0]!.url]).toEqual([0, [], '/elsewhere']);
    expect(stripe().verify(requests()[0]!, ['whsec_file'], Date.now())).toEqual({ valid: true });
  });
});

describe('it signs as', () => {
  it('an hmac of its own options', async () => {
    const scheme = hmac({
      name: 'acme',
      header: 'X-Acme',
      signedContent: '{timestamp}.{id}.{body}',
      timestampHeader: 'X-Time',
      idHeader: 'X-Id',
    });

    await send(sourceBy(scheme), 'shop/source', aFile('{}'));

    expect(scheme.verify(requests()[0]!, [scene.stage.signingSecret], Date.now())).toEqual({ valid: true });
  });

  it('Square does over the URL that is registered there, wherever it is posted to', async () => {
    const scheme = square({ publicUrl: 'https://hooks.example/shop' });

    await send(sourceBy(scheme), 'shop/source', aFile('{}'));

    expect(scheme.verify(requests()[0]!, [scene.stage.signingSecret], Date.now())).toEqual({ valid: true });
  });

  it('Twilio does, who puts the hash of JSON into the URL that it calls', async () => {
    await send(sourceBy(twilio()), 'shop/source', aFile('{}'));

    expect(scene.received[0]!.url).toMatch(/\/any\?bodySHA256=[0-9a-f]{64}$/);
    expect(twilio().verify(requests()[0]!, [scene.stage.signingSecret], Date.now())).toEqual({ valid: true });
  });

  it.each([
    ['a public key, which nothing can be signed by', sendgrid(), 'of a pair of keys, the private one'],
    [
      'PayPal',
      paypal({ certificates: { download: async () => undefined, authorities: () => [] } }),
      "Only paypal's own sender",
    ],
  ])('nobody who holds %s', async (_what, scheme, message) => {
    const { code, err } = await send(sourceBy(scheme), 'shop/source', aFile('{}'));

    expect([code, scene.received]).toEqual([1, []]);
    expect(err).toContain(message);
    expect(err).not.toContain(scene.stage.signingSecret);
  });
});

describe('is refused, before anything is sent,', () => {
  it.each([
    [[], 2, 'INTEGRATION/SOURCE is missing'],
    [['stripe'], 2, 'SAMPLE or FILE is missing'],
    [['strip', 'customer.created'], 3, "Did you mean 'salesforce-stripe/stripe'"],
    [
      ['stripe', 'customer.create'],
      3,
      "has no sample 'customer.create', and there is no such file. Did you mean 'customer.created'",
    ],
    [['stripe', './customer.create'], 2, "can't be read (ENOENT)"],
    [['stripe', 'customer.created', '--times', '0'], 2, "--times '0' is no whole number from 1 to 100,000"],
    [['stripe', 'customer.created', '--concurrency', '257'], 2, '--concurrency'],
    [['stripe', 'customer.created', '--tamper', 'all'], 2, "--tamper 'all' is none of body, signature, timestamp"],
    [['stripe', 'customer.created', '--to', 'ftp://a'], 2, "--to 'ftp://a' is no http(s) URL"],
    [['stripe', '/dev/null', '--record', 'cus_1'], 2, '--record is for samples'],
    [
      ['stripe', 'customer.created', '--stage', 'prod'],
      2,
      'This sends 1 made-up webhook of salesforce-stripe/stripe to stage prod. Add --yes',
    ],
  ])('%j', async (words, exitCode, message) => {
    const { code, err } = await send({}, ...words);

    expect([code, scene.received]).toEqual([exitCode, []]);
    expect(err).toContain(message);
  });

  it('where somebody thinks better of it', async () => {
    const { code, err, questions } = await send({ answer: false }, 'stripe', 'customer.created', '--stage', 'prod');

    expect([code, scene.received, questions]).toEqual([
      1,
      [],
      ['Send 1 made-up webhook of salesforce-stripe/stripe to stage prod?'],
    ]);
    expect(err).toContain('Nothing was sent.');
  });
});

it('signs with the newest secret of a source whose secret is being replaced', () => {
  expect(signingSecret('{"current":"new","previous":"old","previousValidUntil":"2026-11-20T00:00:00Z"}')).toBe('new');
  expect(signingSecret('plain\n')).toBe('plain');
});

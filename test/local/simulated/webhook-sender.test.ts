import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prepareCertificates } from '../../../local/emulator/certificates.ts';
import { retryWaitMs, WebhookSender } from '../../../local/simulated/webhook-sender.ts';
import { fakeClock, waitFor, webhookReceiver } from './support.ts';

const sign = (secret: string, body: string, seconds: number) => ({
  'x-signed': `${seconds} ${createHmac('sha256', secret).update(body).digest('hex')}`,
});

const RETRY_MS = 40;

const newSender = (now = Date.now) => {
  const sender = new WebhookSender({ now, random: Math.random }, sign, () => RETRY_MS);
  onTestFinished(() => sender.stop());
  return sender;
};

/** Long enough for a retry to have come if there were one. */
const afterRetry = () => new Promise((resolve) => setTimeout(resolve, 4 * RETRY_MS));

describe('WebhookSender', () => {
  it('sends nothing while it has no target', async () => {
    const receiver = await webhookReceiver();
    const sender = newSender();

    sender.send('early');
    sender.setTarget({ url: receiver.url, secret: 's' });
    sender.send('late');

    await waitFor(() => receiver.received.length === 1);
    expect(receiver.received[0]?.body).toBe('late');
  });

  it.each([500, 302, 404])('sends again after a %d, signed anew', async (status) => {
    const receiver = await webhookReceiver([status]);
    const clock = fakeClock();
    const sender = newSender(clock.now);
    sender.setTarget({ url: receiver.url, secret: 'old' });

    let delivered = 0;
    sender.send('{}', () => {
      delivered += 1;
    });
    await waitFor(() => receiver.received.length === 1);
    clock.advance(60);
    sender.setTarget({ url: receiver.url, secret: 'new' });

    await waitFor(() => delivered === 1);
    const signatures = receiver.received.map(({ headers }) => headers['x-signed']);
    const startSeconds = clock.now() / 1000 - 60;
    expect(signatures).toEqual([
      sign('old', '{}', startSeconds)['x-signed'],
      sign('new', '{}', startSeconds + 60)['x-signed'],
    ]);
  });

  it('sends again after a refused connection', async () => {
    const receiver = await webhookReceiver();
    const sender = newSender();
    sender.setTarget({ url: 'http://127.0.0.1:1/hook', secret: 's' });

    sender.send('{}');
    await new Promise((resolve) => setTimeout(resolve, 10));
    sender.setTarget({ url: receiver.url, secret: 's' });

    await waitFor(() => receiver.received.length === 1);
  });

  it('gives up three days after the first attempt', async () => {
    const receiver = await webhookReceiver([500]);
    const clock = fakeClock();
    const sender = newSender(clock.now);
    sender.setTarget({ url: receiver.url, secret: 's' });

    sender.send('{}');
    clock.advance(3 * 24 * 3600 + 1);

    await afterRetry();
    expect(receiver.received).toHaveLength(1);
  });

  it('forgets pending retries when it is stopped', async () => {
    const receiver = await webhookReceiver([500]);
    const sender = newSender();
    sender.setTarget({ url: receiver.url, secret: 's' });

    sender.send('{}');
    await waitFor(() => receiver.received.length === 1);
    sender.stop();

    await afterRetry();
    expect(receiver.received).toHaveLength(1);
  });

  it('refuses a target that is no URL at once', () => {
    const sender = newSender();

    const set = () => sender.setTarget({ url: 'receiver', secret: 's' });

    expect(set).toThrow('Invalid URL');
  });

  it('trusts a receiver by a private certificate authority, and only by that', async () => {
    const { receiver, ca } = await httpsReceiver();
    const sender = newSender();

    sender.setTarget({ url: receiver.url, secret: 's' });
    sender.send('untrusted');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const beforeTrust = receiver.received.length;
    sender.setTarget({ url: receiver.url, secret: 's', ca });

    await waitFor(() => receiver.received.length === 1);
    expect(beforeTrust).toBe(0);
  });
});

describe('retryWaitMs', () => {
  it('doubles from 0.5 s up to 15 s', () => {
    const waits = [1, 2, 3, 4, 5, 6, 50].map((failures) => retryWaitMs(failures, () => 0.5));

    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  });

  it('varies by a quarter either way', () => {
    const [least, most] = [retryWaitMs(2, () => 0), retryWaitMs(2, () => 0.999_999)];

    expect(least).toBe(750);
    expect(most).toBeCloseTo(1250, 0);
  });
});

async function httpsReceiver() {
  const receiver = await webhookReceiver();
  const folder = await mkdtemp(join(tmpdir(), 'millrace-certificates-'));
  const { caFile, chainFile, keyFile } = await prepareCertificates(folder, new Date());
  const server = createServer({ key: await readFile(keyFile), cert: await readFile(chainFile) }, receiver.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const { port } = server.address() as { port: number };
  return { ca: await readFile(caFile, 'utf8'), receiver: { ...receiver, url: `https://127.0.0.1:${port}/hook` } };
}

import { expect, it, onTestFinished } from 'vitest';
import { WebhookEndpoints } from '../../../local/simulated/webhook-endpoints.ts';
import { waitFor, webhookReceiver } from './support.ts';

const secretOf = (secret: string) => ({ 'x-secret': secret });

function endpoints(waitMs: number | undefined = 20) {
  const made = new WebhookEndpoints({ now: Date.now, random: Math.random }, secretOf, () => waitMs);
  onTestFinished(() => made.stop());
  return made;
}

it('sends to each with its own secret, and tells of each that accepted', async () => {
  const [one, other] = [await webhookReceiver(), await webhookReceiver([503])];
  const webhooks = endpoints();
  webhooks.set([
    { url: one.url, secret: 'a' },
    { url: other.url, secret: 'b' },
  ]);
  let delivered = 0;

  webhooks.send('{}', () => (delivered += 1), { 'x-event': 'push' });

  await waitFor(() => delivered === 2);
  expect(webhooks.count).toBe(2);
  expect(one.received).toMatchObject([{ headers: { 'x-secret': 'a', 'x-event': 'push' } }]);
  expect(other.received).toMatchObject([{}, { headers: { 'x-secret': 'b', 'x-event': 'push' } }]);
});

it('signs with another secret once people have set one, repeats of what was refused too', async () => {
  const receiver = await webhookReceiver([401]);
  const webhooks = endpoints();
  webhooks.set([{ url: receiver.url, secret: 'old' }]);
  webhooks.send('first');
  await waitFor(() => receiver.received.length === 1);

  const answers = [
    webhooks.control({ method: 'POST', body: 'new\n' }),
    webhooks.control({ method: 'POST', body: '\n' }),
    webhooks.control({ method: 'GET', body: '' }),
  ];

  await waitFor(() => receiver.received.length === 2);
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 405]);
  expect(receiver.received.map(({ headers }) => headers['x-secret'])).toEqual(['old', 'new']);
});

it('sends no more to one that was taken away', async () => {
  const [one, other] = [await webhookReceiver(), await webhookReceiver([503])];
  const webhooks = endpoints();
  webhooks.set([one, other].map(({ url }) => ({ url, secret: 's' })));
  webhooks.send('first');
  await waitFor(() => other.received.length === 1);

  webhooks.set([{ url: one.url, secret: 's' }]);
  webhooks.send('second');

  await waitFor(() => one.received.length === 2);
  expect(other.received).toHaveLength(1);
});

it('sends once only where there is no next attempt', async () => {
  const receiver = await webhookReceiver([503]);
  const webhooks = new WebhookEndpoints({ now: Date.now, random: Math.random }, secretOf, () => undefined);
  onTestFinished(() => webhooks.stop());
  webhooks.set([{ url: receiver.url, secret: 's' }]);

  webhooks.send('first');
  await waitFor(() => receiver.received.length === 1);
  webhooks.send('second');

  await waitFor(() => receiver.received.length === 2);
  expect(receiver.received.map(({ body }) => body)).toEqual(['first', 'second']);
});

import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulatedGithub } from '../../../../local/simulated/github/server.ts';
import { call, fakeClock, waitFor, webhookReceiver } from '../support.ts';

const [one, two, none] = ['1'.repeat(40), '2'.repeat(40), '0'.repeat(40)];
const main = { ref: 'refs/heads/main', sha: one };

async function aGithub(statuses: number[] = []) {
  const clock = fakeClock();
  const system = await startSimulatedGithub({ now: clock.now });
  onTestFinished(system.stop);
  const receiver = await webhookReceiver(statuses);
  system.setWebhook({ url: receiver.url, secret: 's3cret' });
  const send = (method: string, path: string, body?: object) =>
    call(system.url, `/repos/octo/mill${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const received = (count: number) => waitFor(() => receiver.received.length === count);
  return { system, send, received: receiver.received, has: received };
}

describe('a change of a reference', () => {
  it('is announced as a push: made, moved, removed', async () => {
    const { send, received, has } = await aGithub();

    const statuses = [];
    for (const [method, path, body] of [
      ['POST', '/git/refs', main],
      ['PATCH', '/git/refs/heads/main', { sha: two, force: true }],
      ['DELETE', '/git/refs/heads/main'],
    ] as const) {
      statuses.push((await send(method, path, body)).status);
      await has(statuses.length);
    }

    const events = received.map(({ body }) => JSON.parse(body));
    expect(statuses).toEqual([201, 200, 204]);
    expect(
      events.map(({ before, after, created, deleted, forced }) => [before, after, created, deleted, forced]),
    ).toEqual([
      [none, one, true, false, false],
      [one, two, false, false, true],
      [two, none, false, true, false],
    ]);
    expect(events[0]).toMatchObject({
      ref: main.ref,
      repository: { full_name: 'octo/mill' },
      pusher: { name: 'mona' },
    });
  });

  it('carries the event, an id, and a signature over exactly what was sent', async () => {
    const { send, received, has } = await aGithub();

    await send('POST', '/git/refs', main);
    await has(1);

    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(headers).toMatchObject({
      'x-github-event': 'push',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-hub-signature-256': `sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`,
    });
  });

  it('can be read back', async () => {
    const { send } = await aGithub();
    await send('POST', '/git/refs', main);

    const answers = [await send('GET', '/git/ref/heads/main'), await send('GET', '/git/ref/heads/other')];

    expect(answers).toMatchObject([{ status: 200, body: { ref: main.ref, object: { sha: one } } }, { status: 404 }]);
  });

  it.each([
    ['POST', '/git/refs', { ref: 'main', sha: one }],
    ['POST', '/git/refs', { ref: main.ref, sha: 'HEAD' }],
    ['PATCH', '/git/refs/heads/other', { sha: one }],
    ['DELETE', '/git/refs/heads/other', undefined],
  ])('is refused where it makes no sense: %s %s %j', async (method, path, body) => {
    const { send, received } = await aGithub();

    expect((await send(method, path, body)).status).toBe(422);
    expect(received).toEqual([]);
  });
});

describe('a delivery that failed', () => {
  it('is not repeated until somebody asks for it, and then is the same', async () => {
    const { send, received, has } = await aGithub([503]);
    await send('POST', '/git/refs', main);
    await has(1);
    const before = await send('GET', '/hooks/1/deliveries');

    const again = await send('POST', '/hooks/1/deliveries/1/attempts');
    await has(2);

    expect(again.status).toBe(202);
    expect(before.body).toMatchObject([{ id: 1, event: 'push', delivered: false }]);
    await waitFor(async () => (await send('GET', '/hooks/1/deliveries')).body[0].delivered);
    expect(received[1]?.body).toBe(received[0]?.body);
    expect(received[1]?.headers['x-github-delivery']).toBe(received[0]?.headers['x-github-delivery']);
  });

  it('can not be asked for where there is none', async () => {
    const { send } = await aGithub();

    expect((await send('POST', '/hooks/1/deliveries/9/attempts')).status).toBe(404);
  });
});

import { describe, expect, test } from 'vitest';
import { readJson } from '../../../functions/connectors/http/json-webhook.ts';
import type { ReceiveServices } from '../../../functions/receive-webhook/receive.ts';
import { hubspot, signHubspot } from '../../../functions/signatures/hubspot.ts';
import type { Flow } from '../../../functions/specification/flow.ts';
import customerToAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import { createReceiver, secretOf } from './receiver.ts';
import { startMs } from './samples.ts';

const secret = 'client-secret';
const flow: Flow = { ...customerToAccount, source: { ...customerToAccount.source, events: ['contact.creation'] } };
const contact = (eventId: number, subscriptionType = 'contact.creation') => ({
  eventId,
  subscriptionType,
  objectId: 123,
});

describe('several events in one webhook', () => {
  test('are queued in their order, each under its own id', async () => {
    const receiver = createHubspotReceiver();

    const answer = await receiver.post(signed([contact(1), contact(2, 'contact.deletion'), contact(3)]));

    expect(answer.statusCode).toBe(202);
    expect(receiver.queued.map(({ message }) => [message.id, message.subject])).toEqual([
      ['1', '123'],
      ['3', '123'],
    ]);
    expect(receiver.counted.filter((metric) => metric === 'EventIgnored')).toHaveLength(1);
  });

  test('of which one is none: the others are taken, and the sender is told', async () => {
    const receiver = createHubspotReceiver();

    const answer = await receiver.post(signed([contact(1), { eventId: 2 }, contact(3)]));

    expect(answer.statusCode).toBe(400);
    expect(receiver.queued.map(({ message }) => message.id)).toEqual(['1', '3']);
    expect(receiver.counted.filter((metric) => metric === 'EventUnreadable')).toHaveLength(1);
  });

  test('of which a queue takes the first alone: 503, and no later one overtakes', async () => {
    const taken: string[] = [];
    const send: ReceiveServices['send'] = async (_flow, message) => {
      if (message.id === '2') throw new Error('no queue');
      taken.push(message.id);
      return undefined;
    };
    const receiver = createHubspotReceiver({ send });

    const answer = await receiver.post(signed([contact(1), contact(2), contact(3)]));

    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '10' } });
    expect(taken).toEqual(['1']);
  });

  test('of which there are none is no failure', async () => {
    const receiver = createHubspotReceiver();

    const answer = await receiver.post(signed([]));

    expect([answer.statusCode, receiver.queued.length]).toEqual([202, 0]);
  });

  test('go to a queue under what a repeat has in common with them', async () => {
    const repeats: string[] = [];
    const send: ReceiveServices['send'] = async (_flow, message, repeat) => {
      repeats.push(repeat, message.id);
      return undefined;
    };
    const reader = readJson({ type: '/subscriptionType', events: '' });
    const receiver = createHubspotReceiver({ send, webhook: { scheme: hubspot(), reader } });

    await receiver.post(signed([contact(1), contact(1)]));
    await receiver.post(signed([contact(1), contact(1)]));

    const [first, second] = [repeats.slice(0, 4), repeats.slice(4)];
    expect([second[0], second[2]]).toEqual([first[0], first[2]]);
    expect(new Set(repeats).size).toBe(6);
  });
});

function createHubspotReceiver(changes: Partial<ReceiveServices> = {}) {
  const reader = readJson({ id: '/eventId', type: '/subscriptionType', subject: '/objectId', events: '' });
  return createReceiver({
    webhook: { scheme: hubspot(), reader },
    flows: [flow],
    secret: secretOf(secret),
    ...changes,
  });
}

function signed(events: unknown) {
  const request = { headers: {}, body: Buffer.from(JSON.stringify(events)), url: 'https://hooks.example.test/in' };
  return signHubspot(request, secret, startMs);
}

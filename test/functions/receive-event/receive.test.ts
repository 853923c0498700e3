import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aChange } from '../connectors/salesforce/support/changes.ts';
import { createReceiver } from '../receive-webhook/receiver.ts';
import { customerEvent, fromStripe } from '../receive-webhook/samples.ts';
import { createChangeReceiver, createEventReceiver, inEnvelope } from './support/event-receiver.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/payloads/${name}.json`, import.meta.url), 'utf8');
const created = fixture('salesforce.cdc.event-relay-eventbridge.account-create.derived');
const changeOf = (header: object) => inEnvelope(aChange(header).detail);

describe('an event that came by EventBridge', () => {
  it('is queued for the flow that wants it, with the id of its envelope on every line', async () => {
    const receiver = createEventReceiver();

    const again = await receiver.take(inEnvelope(customerEvent({ id: 'evt_1' })));

    expect(again).toEqual([]);
    expect(receiver.queued).toMatchObject([
      {
        flow: 'stripe-customer-to-account',
        repeat: 'evt_1',
        message: { id: 'evt_1', type: 'customer.updated', correlationid: '17e8dff5-d6cd-3770-ace9-aeac02b6ac3f' },
      },
    ]);
    expect(receiver.counted).toEqual(['EventBridged', 'EventQueued']);
    expect(receiver.lines).toMatchObject([
      { message: 'event queued', fields: { eventId: 'evt_1', messageId: 'message-1' } },
    ]);
  });

  it('is the same message as by a webhook, but for what ties its lines together: so it has one effect', async () => {
    const [door, second] = [createReceiver(), createEventReceiver()];
    const event = customerEvent();

    await door.post(fromStripe(event));
    await second.take(inEnvelope(event));

    const [one, other] = [door.queued[0]?.message, second.queued[0]?.message];
    expect({ ...other, correlationid: one?.correlationid }).toEqual(one);
  });

  it('that our own write caused is dropped', async () => {
    const receiver = createEventReceiver();
    const request = { id: 'req_1', idempotency_key: 'millrace:1' };

    const again = await receiver.take(inEnvelope(customerEvent({ request })));

    expect([again, receiver.queued]).toEqual([[], []]);
    expect(receiver.counted).toEqual(['EventBridged', 'EchoDropped']);
  });

  it('that no flow wants is taken, and ignored', async () => {
    const receiver = createEventReceiver();

    const again = await receiver.take(inEnvelope(customerEvent({ type: 'invoice.paid' })));

    expect([again, receiver.queued]).toEqual([[], []]);
    expect(receiver.counted).toEqual(['EventBridged', 'EventIgnored']);
  });

  it('that its flow refuses travels flagged, in its place', async () => {
    const receiver = createEventReceiver();

    const again = await receiver.take(inEnvelope(customerEvent({}, { object: 'subscription' })));

    expect(again).toEqual([]);
    expect(receiver.queued[0]?.message.invalidreason).toBe('invalid event: data.object.object: literal');
    expect(receiver.counted).toEqual(['EventBridged', 'EventQueued', 'EventInvalid']);
  });

  it('without an id of its own is known by that of its envelope, in which EventBridge repeats it', async () => {
    const nameless = {
      id: undefined,
      type: 'customer.updated',
      time: undefined,
      subject: 'cus_1',
      echo: false,
      data: {},
    };
    const receiver = createEventReceiver({ bridge: { reader: () => [nameless, nameless] } });

    await receiver.take(inEnvelope({}, { id: 'e1' }));

    expect(receiver.queued.map(({ repeat }) => repeat)).toEqual(['e1.0', 'e1.1']);
  });
});

describe('a change that Salesforce relays', () => {
  it('fits the flow of the callout: a real one', async () => {
    const receiver = createChangeReceiver();

    const again = await receiver.take(created);

    expect(again).toEqual([]);
    const [{ message } = { message: undefined }] = receiver.queued;
    expect(message).toMatchObject({
      type: 'Account.CREATE',
      subject: '0015f00002J9YYEAA3',
      time: '2024-04-09T20:19:25.000Z',
    });
    expect(message?.invalidreason).toBeUndefined();
  });

  it('keeps every digit of its commit number in the message', async () => {
    const receiver = createChangeReceiver();

    await receiver.take(
      changeOf({ commitNumber: 42 }).replace('"commitNumber":42', '"commitNumber":1745500706683617281'),
    );

    const sent = JSON.stringify(receiver.queued[0]?.message);
    expect(sent).toContain('"commitNumber":"1745500706683617281"');
  });

  it('of several records is a message each', async () => {
    const receiver = createChangeReceiver();

    await receiver.take(changeOf({ recordIds: ['0015f00002J9YYEAA3', '0015f00002J9YYFAA3'] }));

    expect(receiver.queued.map(({ message }) => message.subject)).toEqual(['0015f00002J9YYEAA3', '0015f00002J9YYFAA3']);
    expect(new Set(receiver.queued.map(({ repeat }) => repeat)).size).toBe(2);
  });

  it('without fields wakes the flow that re-reads the record', async () => {
    const receiver = createChangeReceiver();

    await receiver.take(changeOf({ changeType: 'GAP_UPDATE' }));

    expect(receiver.queued).toMatchObject([{ message: { type: 'Account.UPDATE', subject: '0015f00002J9YYEAA3' } }]);
  });

  it.each([
    ['that a flow wants comes again, and ends where people see it', 'Account', [0], ['EventUnreadable']],
    ['that nobody wants is taken', 'Task', [], []],
  ])('of more records than it tells, %s', async (_, entityName, expected, counted) => {
    const receiver = createChangeReceiver();

    const again = await receiver.take(changeOf({ entityName, changeType: 'GAP_OVERFLOW' }));

    expect(again).toEqual(expected);
    expect(receiver.counted).toEqual(counted);
    expect(receiver.queued).toEqual([]);
  });
});

describe('of a batch', () => {
  const good = inEnvelope(customerEvent());

  it.each([
    ['no JSON', '{'],
    ['no envelope', '{"detail":{}}'],
    ['no event in it', inEnvelope({ object: 'event' })],
    ['an id that could be anything', inEnvelope(customerEvent(), { id: 'a b' })],
  ])('comes again what can not be read, and nothing else: %s', async (_, body) => {
    const receiver = createEventReceiver();

    const again = await receiver.take(good, body, good);

    expect(again).toEqual([1]);
    expect(receiver.queued).toHaveLength(2);
    expect(receiver.counted.filter((metric) => metric === 'EventUnreadable')).toHaveLength(1);
  });

  it('comes again what a queue did not take', async () => {
    const receiver = createEventReceiver({
      send: async (_, { id }) => {
        if (id === 'evt_refused') throw new Error('AccessDenied');
        return 'message';
      },
    });

    const again = await receiver.take(inEnvelope(customerEvent({ id: 'evt_refused' })), good);

    expect(again).toEqual([0]);
    expect(receiver.counted).toContain('ReceiverUnavailable');
  });

  it('comes again what a reader throws at, which says nothing of what it read', async () => {
    const reader = () => {
      throw new Error('Zoë Quisling');
    };
    const receiver = createEventReceiver({ bridge: { reader } });

    expect(await receiver.take(good)).toEqual([0]);
    expect(receiver.lines).toMatchObject([{ level: 'warn', fields: { messageId: '0', reason: 'the reader threw' } }]);
  });
});

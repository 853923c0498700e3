import { describe, expect, it } from 'vitest';
import { type JsonWebhook, readJson } from '../../../../functions/connectors/http/json-webhook.ts';

const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
const read = (webhook: JsonWebhook, body: unknown, headers: Record<string, string> = {}) =>
  readJson(webhook)(bytes(body), headers);

describe('a webhook in JSON', () => {
  it('is read by where things are in it', () => {
    const body = { id: 'evt_1', kind: 'order.paid', data: { order: { id: 17 } }, at: '2026-11-20T12:00:00+01:00' };

    const event = read({ id: '/id', type: '/kind', subject: '/data/order/id', time: '/at' }, body);

    expect(event).toEqual({
      id: 'evt_1',
      type: 'order.paid',
      time: '2026-11-20T11:00:00.000Z',
      subject: '17',
      echo: false,
      data: body,
    });
  });

  it('has what a header says, in whatever case it is named', () => {
    const webhook: JsonWebhook = { id: { header: 'X-Event-Id' }, type: { header: 'X-Shopify-Topic' } };

    const event = read(webhook, {}, { 'x-event-id': '7', 'x-shopify-topic': 'orders/create' });

    expect(event).toMatchObject({ id: '7', type: 'orders/create' });
  });

  it('has one id of several parts, and none where none is named', () => {
    const body = { portalId: 1, eventId: 2, at: 3, type: 'x' };

    const events = [
      read({ id: ['/portalId', '/eventId', '/at'], type: '/type' }, body),
      read({ type: '/type' }, { ...body, id: 'not asked for' }),
    ];

    expect(events).toMatchObject([{ id: '1.2.3' }, { id: undefined }]);
  });

  it.each([
    ['/a~1b/m~0n/1', { 'a/b': { 'm~n': ['zero', 'one'] } }],
    ['/', { '': 'one' }],
    ['/0', { 0: 'one' }],
  ] as const)('is pointed into as RFC 6901 says: %s', (type, body) => {
    expect(read({ type }, body)).toMatchObject({ type: 'one' });
  });

  it.each([
    [1_700_000_000, '2023-11-14T22:13:20.000Z'],
    [1_700_000_000.5, '2023-11-14T22:13:20.500Z'],
    ['1700000000123', '2023-11-14T22:13:20.123Z'],
    ['2023-11-14', '2023-11-14T00:00:00.000Z'],
    ['yesterday', undefined],
    [1e300, undefined],
    [-1, undefined],
    [null, undefined],
  ])('has the time %s at %s', (at, time) => {
    expect(read({ type: '/type', time: '/at' }, { type: 'x', at })).toMatchObject({ type: 'x', time });
  });

  it('is read behind a byte order mark, and with malformed UTF-8 in it', () => {
    const body = Buffer.concat([Buffer.from('\uFEFF{"type":"x","name":"'), Buffer.from([0xff]), Buffer.from('"}')]);

    expect(readJson({ type: '/type' })(body, {})).toMatchObject({ type: 'x', data: { name: '\uFFFD' } });
  });
});

describe('a webhook with several events', () => {
  it('is read one by one, each by its own places, with what can not be read in its place', () => {
    const webhook: JsonWebhook = {
      events: '/notificationItems',
      id: ['/NotificationRequestItem/pspReference', '/NotificationRequestItem/eventCode'],
      type: '/NotificationRequestItem/eventCode',
    };
    const item = (pspReference: string) => ({ NotificationRequestItem: { pspReference, eventCode: 'REFUND' } });

    const events = read(webhook, { notificationItems: [item('1'), {}, item('2'), null] });

    expect(events).toMatchObject([
      { id: '1.REFUND', type: 'REFUND', data: item('1') },
      { unreadable: 'no type at /NotificationRequestItem/eventCode' },
      { id: '2.REFUND' },
      { unreadable: 'not a JSON object' },
    ]);
  });

  it('may be nothing but the list', () => {
    expect(read({ events: '', type: '/event' }, [{ event: 'open' }, { event: 'click' }])).toMatchObject([
      { type: 'open' },
      { type: 'click' },
    ]);
  });

  it.each(['{}', '{"events":{}}', 'no JSON', ''])('is unreadable where there is no list: %s', (body) => {
    expect(read({ events: '/events', type: '/event' }, body)).toEqual({
      unreadable: "not JSON with a list at '/events'",
    });
  });
});

describe('a webhook in a form', () => {
  it('is an object of texts, the last of each name', () => {
    const event = read({ body: 'form', id: '/Sid', type: '/Status' }, 'Sid=SM1&Status=sent&Body=a+%C3%A9&Sid=SM2');

    expect(event).toMatchObject({ id: 'SM2', type: 'sent', data: { Sid: 'SM2', Status: 'sent', Body: 'a é' } });
  });
});

describe('what is unreadable', () => {
  const webhook: JsonWebhook = { id: '/id', type: '/type' };

  it.each([
    ['', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['"x"', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['{"type":"secret value"', 'not a JSON object'],
    ['{"id":"1"}', 'no type at /type'],
    ['{"id":"1","type":{"a":1}}', 'no type at /type'],
    ['{"id":"1","type":""}', 'no type at /type'],
    ['{"type":"x"}', 'no id at /id'],
    ['{"type":"x","id":null}', 'no id at /id'],
    ['{"type":"x","__proto__":{"id":"1"}}', 'no id at /id'],
  ])('is named without its values: %s', (body, unreadable) => {
    expect(read(webhook, body)).toEqual({ unreadable });
  });

  it('is a header that could not go to a log', () => {
    const reader = readJson({ type: { header: 'x-topic' } });

    const events = ['a\nb', 'é', '', 'x'.repeat(129)].map((topic) => reader(bytes('{}'), { 'x-topic': topic }));

    expect(events).toEqual(Array(4).fill({ unreadable: 'no type at x-topic' }));
  });

  it.each(['id', '/a~2', '/a~'])('is no specification: %s is no pointer', (place) => {
    expect(() => readJson({ type: place as '/' })).toThrow('is no JSON pointer');
  });
});

import { describe, expect, test } from 'vitest';
import { claimOf, type Message, parseMessage, withClaim } from '../../../functions/contract/message.ts';

function message(changes: Partial<Message> = {}): Message {
  return {
    specversion: '1.0',
    id: 'evt_1',
    source: '/salesforce-stripe/stripe',
    type: 'customer.updated',
    subject: 'cus_1',
    time: '2026-11-20T12:00:00.000Z',
    datacontenttype: 'application/json',
    data: { id: 'evt_1', name: 'Zoë 😀', none: null, list: [1, 'two'] },
    schemaversion: 1,
    correlationid: 'made-1',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    receivedtime: '2026-11-20T12:00:00.500Z',
    invalidreason: 'invalid event: data: object',
    ...changes,
  };
}

const claim = { key: 'events/shop/orders/1/2', bytes: 300_000, sha256: 'a'.repeat(64) };

/** What is sent of a large one. */
function elsewhere(): Message {
  return withClaim(message(), claim);
}

describe('a message', () => {
  test.each([
    { title: 'with everything', sent: message() },
    { title: 'without what is optional', sent: message({ traceparent: undefined, invalidreason: undefined }) },
    { title: 'with no data', sent: message({ data: null }) },
    { title: 'with its data elsewhere', sent: elsewhere() },
    { title: 'released from where it was parked', sent: message({ releasedgeneration: 2 }) },
  ])('$title comes out of the queue as it went in', ({ sent }) => {
    const body = JSON.stringify(sent);

    const read = parseMessage(body);

    expect(read).toEqual(sent);
  });

  test.each([
    { title: 'no JSON', body: 'nonsense' },
    { title: 'empty', body: '' },
    { title: 'no object', body: '[]' },
    { title: 'of another specification', body: JSON.stringify({ ...message(), specversion: '0.3' }) },
    { title: 'of another schema version', body: JSON.stringify({ ...message(), schemaversion: 2 }) },
    { title: 'without an id', body: JSON.stringify(message({ id: '' })) },
    { title: 'without a subject', body: JSON.stringify(message({ subject: '' })) },
    { title: 'without a correlation id', body: JSON.stringify({ ...message(), correlationid: undefined }) },
    { title: 'without data', body: JSON.stringify(message({ data: undefined })) },
    { title: 'without the hash of its data', body: JSON.stringify({ ...elsewhere(), datahash: undefined }) },
    { title: 'with a hash that is none', body: JSON.stringify({ ...elsewhere(), datahash: 'abc' }) },
    { title: 'released from nowhere', body: JSON.stringify(message({ releasedgeneration: 0 })) },
    { title: 'of another content type', body: JSON.stringify({ ...message(), datacontenttype: 'text/xml' }) },
  ])('that is $title is none of ours', ({ body }) => {
    const read = parseMessage(body);

    expect(read).toBeUndefined();
  });
});

test('a large one tells where its data is, and no other does', () => {
  expect(claimOf(elsewhere())).toEqual(claim);
  expect(claimOf(message())).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import type { Repeats, SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { knowEvents } from '../../../functions/receive-webhook/event-id.ts';

const signedId: Repeats = { by: 'header', headers: ['webhook-id', 'svix-id'], signed: true };
const unsignedId: Repeats = { by: 'header', headers: ['x-shop-id'], signed: false };
const unnamed = { id: undefined };

describe('an event is known', () => {
  test('by its own id, whatever the scheme says', () => {
    const known = [signedId, unsignedId, { by: 'hash' } as const].map((repeats) =>
      know(aRequest({ 'webhook-id': 'msg_1', 'x-shop-id': '7' }), repeats, [{ id: 'evt_1' }]),
    );

    expect(known).toEqual(Array(3).fill([{ id: 'evt_1', repeat: 'evt_1' }]));
  });

  test.each(['webhook-id', 'svix-id'])('by the signed id: %s', (name) => {
    const known = know(aRequest({ [name]: 'msg_1' }), signedId);

    expect(known).toEqual([{ id: 'msg_1', repeat: 'msg_1' }]);
  });

  test('by the first header that is there, and by no other', () => {
    const both = know(aRequest({ 'webhook-id': 'msg_1', 'svix-id': 'msg_2' }), signedId);
    const odd = know(aRequest({ 'webhook-id': 'Ada Lovelace', 'svix-id': 'msg_2' }), signedId);

    expect(both[0]!.id).toBe('msg_1');
    expect(odd[0]!.repeat).toMatch(/^[0-9a-f]{32}$/);
  });

  test('by an unsigned id with its body, so that nobody can have another event taken for a repeat', () => {
    const ids = [
      know(aRequest({ 'x-shop-id': '7' }), unsignedId),
      know(aRequest({ 'x-shop-id': '7' }), unsignedId),
      know(aRequest({ 'x-shop-id': '7' }, '{"other":1}'), unsignedId),
      know(aRequest({ 'x-shop-id': '8' }), unsignedId),
    ].map(([known]) => known!.id);

    expect(ids[0]).toMatch(/^7\.[0-9a-f]{32}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  test.each<{ title: string; headers: Record<string, string> }>([
    { title: 'no header', headers: {} },
    { title: 'an empty one', headers: { 'x-shop-id': '' } },
    { title: 'one that can not be an id', headers: { 'x-shop-id': 'Ada Lovelace' } },
    { title: 'two of them', headers: { 'x-shop-id': '7,8' } },
    { title: 'a very long one', headers: { 'x-shop-id': '7'.repeat(129) } },
  ])('by its body for five minutes where the scheme names a header, and there is $title', ({ headers }) => {
    const known = know(aRequest(headers), unsignedId);

    expect(known).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{32}\.new-1$/), repeat: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
  });

  test.each<Repeats>([{ by: 'hash' }, { by: 'body' }])('by its body where nothing tells an id: %o', (repeats) => {
    const [first, second, other] = [aRequest({}), aRequest({}), aRequest({}, '{"b":1}')].map((request) =>
      know(request, repeats),
    );

    // The queue takes the second for a repeat; once it has forgotten, A, B, A are three events.
    expect(second![0]!.repeat).toBe(first![0]!.repeat);
    expect(other![0]!.repeat).not.toBe(first![0]!.repeat);
    expect(first![0]!.id).not.toBe(first![0]!.repeat);
  });

  test('by its place, too, where several come at once', () => {
    const by = (repeats: Repeats) =>
      know(aRequest({ 'webhook-id': 'msg_1' }), repeats, [unnamed, { id: 'own' }, unnamed]).map(({ repeat }) => repeat);

    const [told, hashed] = [by(signedId), by({ by: 'hash' })];

    expect(told).toEqual(['msg_1.0', 'own', 'msg_1.2']);
    expect(new Set(hashed).size).toBe(3);
  });
});

function know(request: SignedRequest, repeats: Repeats, events: { id: string | undefined }[] = [unnamed]) {
  let made = 0;
  return knowEvents(request, { repeats }, events, () => `new-${++made}`);
}

function aRequest(headers: Record<string, string>, body = '{"a":1}'): SignedRequest {
  return { headers, body: Buffer.from(body) };
}

import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../support/wait-for.ts';
import { anOrder, order, restAt, restWriting, simulatedEndpoint } from '../support/plain.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall } from '../support/systems.ts';

describe('read', () => {
  it('answers the fields that the mapping declares, also out of objects in the body', async () => {
    const { url, call } = await simulatedEndpoint();
    await call('/orders/ord_1', 'PUT', { total: '12.50', paid: true, address: { city: 'Bath' }, other: 1 });

    const found = await restAt(url).read(order, 'ord_1', aCall());

    expect(found).toEqual({
      kind: 'success',
      value: { id: 'ord_1', fields: { total: '12.50', paid: true, 'address.city': 'Bath' } },
    });
  });

  it('answers nothing for a record that is gone, and a failure for one that never was', async () => {
    const { url, call } = await simulatedEndpoint();
    await call('/orders/ord_1', 'PUT', {});
    await call('/orders/ord_1', 'DELETE');

    const outcomes = [await restAt(url).read(order, 'ord_1', aCall()), await restAt(url).read(order, 'ord_2', aCall())];

    expect(outcomes).toMatchObject([
      { kind: 'success', value: undefined },
      { kind: 'permanent', code: 'not_found', operation: 'warehouse.read', status: 404 },
    ]);
  });

  it.each(['', 'not JSON', '[]', '"text"', 'null'])('takes a 200 with the body %j for a failure', async (body) => {
    const server = await stubServer({ status: 200, body });

    const outcome = await restAt(server.url).read(order, 'ord_1', aCall());

    expect(outcome).toEqual({
      kind: 'transient',
      code: 'unexpected-response',
      operation: 'warehouse.read',
      status: 200,
    });
  });
});

describe('a put', () => {
  it('writes under the id that the source record has, and twice is once', async () => {
    const { url, call } = await simulatedEndpoint();
    const fields = { total: '12.50', paid: null, 'address.city': 'Bath' };

    const outcomes = [
      await restAt(url).write(anOrder({ fields }), aCall()),
      await restAt(url).write(anOrder({ fields }), aCall()),
    ];

    expect(outcomes).toEqual([
      { kind: 'success', value: { id: 'ord_1', created: true } },
      { kind: 'success', value: { id: 'ord_1', created: false } },
    ]);
    expect((await call('/orders')).body.data).toEqual([
      { id: 'ord_1', total: '12.50', paid: null, address: { city: 'Bath' } },
    ]);
  });

  it('writes under the linked id where the pair is linked, and the link field where there is one', async () => {
    const { url, call } = await simulatedEndpoint();
    const link = { field: 'stripeId', value: 'cus_1' };

    const outcome = await restAt(url).write(anOrder({ id: 'ord_7', link }), aCall());

    expect(outcome).toMatchObject({ value: { id: 'ord_7' } });
    expect((await call('/orders')).body.data).toEqual([{ id: 'ord_7', total: '12.50', stripeId: 'cus_1' }]);
  });

  it('changes only what is named where the route is a PATCH', async () => {
    const { url, call } = await simulatedEndpoint();
    await call('/orders/ord_1', 'PUT', { total: '1', paid: true });

    await restAt(url, restWriting('PATCH /orders/{id}')).write(anOrder(), aCall());

    expect((await call('/orders/ord_1')).body).toEqual({ id: 'ord_1', total: '12.50', paid: true });
  });

  it('is skipped where the record is gone: it is not made again', async () => {
    const { url, call } = await simulatedEndpoint();
    await call('/orders/ord_1', 'PUT', {});
    await call('/orders/ord_1', 'DELETE');

    const outcome = await restAt(url).write(anOrder(), aCall());

    expect(outcome).toEqual({ kind: 'success', value: { gone: true } });
  });

  it.each(['a/b', 'octo/mill#refs/heads/main', 'é ?&%2F', '...'])('takes the id %j as it is', async (id) => {
    const { url, call } = await simulatedEndpoint();

    const outcome = await restAt(url).write(anOrder({ link: { field: undefined, value: id } }), aCall());

    expect(outcome).toMatchObject({ kind: 'success' });
    expect((await call('/orders')).body.data).toEqual([{ id, total: '12.50' }]);
  });

  it.each(['.', '..', '\ud800'])('refuses the id %j, which would be another path', async (id) => {
    const server = await stubServer({ status: 200 });

    const outcome = await restAt(server.url).write(anOrder({ link: { field: undefined, value: id } }), aCall());

    expect(outcome).toEqual({ kind: 'permanent', code: 'no-path', operation: 'warehouse.put' });
    expect(server.requests).toEqual([]);
  });
});

describe('an append', () => {
  const appending = restWriting('POST /pushes');

  it('adds an entry per event, and one only however often the event is sent', async () => {
    const { url, call } = await simulatedEndpoint();
    const connector = restAt(url, appending);

    const outcomes = [
      await connector.write(anOrder({ eventKey: 'event-1' }), aCall()),
      await connector.write(anOrder({ eventKey: 'event-1' }), aCall()),
      await connector.write(anOrder({ eventKey: 'event-2' }), aCall()),
    ];

    const { data } = (await call('/pushes')).body;
    expect(data).toEqual([1, 2].map(() => ({ id: expect.stringMatching(/^rec_/), total: '12.50' })));
    expect(outcomes).toEqual([0, 0, 1].map((n) => ({ kind: 'success', value: { id: data[n].id, created: true } })));
  });

  it('adds one entry where the answer was lost, too', async () => {
    const { url, call, fault } = await simulatedEndpoint();
    await fault({ fault: 'lost-response', operation: 'create', times: 1 });

    const outcomes = [
      await restAt(url, appending).write(anOrder(), aCall()),
      await restAt(url, appending).write(anOrder(), aCall()),
    ];

    expect(outcomes).toMatchObject([{ kind: 'transient', code: 'connection', mayLand: true }, { kind: 'success' }]);
    expect((await call('/pushes')).body.data).toHaveLength(1);
  });

  it('sends its key as the standard has it, and a put none', async () => {
    const server = await stubServer({ status: 201 });

    await restAt(server.url, appending).write(anOrder(), aCall());
    await restAt(server.url).write(anOrder(), aCall());

    expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      expect.stringMatching(/^"[0-9a-f-]{36}"$/),
      undefined,
    ]);
  });

  it('is transient while the first call under its key is under way', async () => {
    const { url, call, fault } = await simulatedEndpoint();
    await fault({ fault: 'slow', ms: 300, times: 1 });
    const first = restAt(url, appending).write(anOrder(), aCall());
    await waitFor(async () => (await call('/_calls')).body.length > 0);

    const second = await restAt(url, appending).write(anOrder(), aCall());

    expect(second).toMatchObject({ kind: 'transient', code: 'key_in_use', status: 409 });
    expect(await first).toMatchObject({ kind: 'success' });
  });

  it('is permanent where its key was used for something else', async () => {
    const { url } = await simulatedEndpoint();
    await restAt(url, appending).write(anOrder(), aCall());

    const outcome = await restAt(url, appending).write(anOrder({ fields: { total: 'other' } }), aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'key_reused', status: 422 });
  });
});

describe('a link', () => {
  it('changes the one field', async () => {
    const { url, call } = await simulatedEndpoint();
    await call('/orders/ord_1', 'PUT', { total: '1' });

    const outcome = await restAt(url, restWriting('PATCH /orders/{id}')).link(order, 'ord_1', 'crm.id', '001', aCall());

    expect(outcome).toEqual({ kind: 'success', value: undefined });
    expect((await call('/orders/ord_1')).body).toEqual({ id: 'ord_1', total: '1', crm: { id: '001' } });
  });
});

describe('a probe', () => {
  it('is a read behind the same sign-in', async () => {
    const { url, fault } = await simulatedEndpoint();
    const before = await restAt(url).probe(aCall());
    await fault({ fault: 'revoked' });

    const after = await restAt(url).probe(aCall());

    expect([before, after]).toMatchObject([
      { kind: 'success' },
      { kind: 'auth', code: 'unauthenticated', operation: 'warehouse.probe' },
    ]);
  });
});

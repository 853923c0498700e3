import { describe, expect, it } from 'vitest';
import type { Http } from '../../../../functions/connectors/connector.ts';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import { createIntents } from '../../../../functions/state/intents.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { ownClock } from '../../deliver-event/support/clock.ts';
import { MemoryTable } from '../../deliver-event/support/state-table.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall, aCustomerWrite, HeldCredentials, simulatedStripe, stripeAt, stripeSecret } from '../support/systems.ts';

const linkField = 'metadata.salesforce_account_id';
const ada = { name: 'Ada Lovelace', email: 'ada@example.com' };
const headers = { authorization: 'Bearer sk_test_secret', 'content-type': 'application/x-www-form-urlencoded' };

/** A call may land for 60 s, and takes up to 10 s. */
const landsWithinMs = 70_000;

/** Stripe, and containers that create one account's customer there; only the table remembers. */
async function anAccount() {
  const clock = ownClock();
  const stripe = await simulatedStripe();
  const table = new MemoryTable();
  const container = (http: Http = createHttp()) =>
    stripeAt(stripe.credentials, { intents: createIntents(table, 'test'), landsWithinMs, http });
  const write = (fields: Record<string, string> = ada, call = aCall()) =>
    container().write(aCustomerWrite({ fields }), call);
  const customers = async () => (await stripe.look('/v1/customers')).data;
  const remove = (id: unknown) => fetch(`${stripe.url}/v1/customers/${id}`, { method: 'DELETE', headers });
  return { ...stripe, clock, table, container, write, customers, remove };
}

/** Stripe's answer to a create is a 500, which it saves under the key, although the customer was made. */
function failingAfterwards(http: Http): Http {
  const saved = new Set<string>();
  return async (request) => {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return http(request);
    if (!saved.has(key)) await http(request);
    saved.add(key);
    return { kind: 'response', status: 500, headers: {}, body: '{"error":{"type":"api_error"}}' };
  };
}

const pending = (retryAfterMs: number) => ({ kind: 'busy', code: 'create-pending', retryAfterMs });

describe('Stripe: a create whose answer was lost', () => {
  it.each([
    ['at once', 0],
    ['a second before it can no longer land', landsWithinMs - 1_000],
  ])('is not repeated %s: the event waits until then', async (_when, passedMs) => {
    const { clock, fault, write, customers, calls } = await anAccount();
    await fault({ fault: 'lost-response', times: 1 });
    const lost = await write();
    const callsBefore = (await calls()).length;

    clock.advance(passedMs);
    const again = await write();

    expect(lost).toMatchObject({ kind: 'transient', code: 'connection', operation: 'stripe.create', mayLand: true });
    expect(again).toMatchObject(pending(landsWithinMs - passedMs));
    expect((await calls()).length).toBe(callsBefore);
    expect(await customers()).toHaveLength(1);
  });

  it.each([
    ['after the wait', landsWithinMs],
    ['a day later, when Stripe has forgotten the key', 25 * 60 * 60_000],
    ['eleven days later', 11 * 24 * 60 * 60_000],
  ])('is found %s, and brought up to date', async (_when, passedMs) => {
    const { clock, fault, write, customers } = await anAccount();
    await fault({ fault: 'lost-response', times: 1 });
    await write();

    clock.advance(passedMs);
    const again = await write({ name: 'Ada King' });

    const [customer] = await customers();
    expect(again).toEqual({ kind: 'success', value: { id: customer?.id, created: false } });
    expect(await customers()).toMatchObject([{ name: 'Ada King', email: ada.email }]);
  });

  it('is found when it landed after we hung up', async () => {
    const { clock, fault, write, customers } = await anAccount();
    await fault({ fault: 'slow', ms: 120, times: 1 });

    const lost = await write(ada, aCall(60));
    await waitFor(async () => (await customers()).length === 1, { everyMs: 10 });
    clock.advance(landsWithinMs);
    const again = await write();

    expect(lost).toMatchObject({ kind: 'transient', code: 'timeout', mayLand: true });
    expect(again).toMatchObject({ kind: 'success', value: { created: false } });
    expect(await customers()).toHaveLength(1);
  });

  it('is found behind a 500 that Stripe would replay for a day', async () => {
    const { clock, container, write, customers, look } = await anAccount();
    const failing = container(failingAfterwards(createHttp()));

    const lost = await failing.write(aCustomerWrite({ fields: ada }), aCall());
    clock.advance(landsWithinMs);
    const again = await write();

    const keys = (await look('/v1/events')).data.map(({ request }) => request as { idempotency_key: string });
    expect(lost).toMatchObject({ kind: 'transient', status: 500 });
    expect(again).toMatchObject({ kind: 'success', value: { created: false } });
    expect(await customers()).toHaveLength(1);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is found on whatever page of the list', async () => {
    const { clock, fault, write, container, calls, look } = await anAccount();
    await fault({ fault: 'lost-response', times: 1 });
    await write();
    const others = Array.from({ length: 205 }, (_, index) => ({ field: linkField, value: `other-${index}` }));
    for (const link of others) await container().write(aCustomerWrite({ link }), aCall());

    clock.advance(landsWithinMs);
    const again = await write();

    const lists = (await calls()).filter(({ method, path }) => method === 'GET' && path === '/v1/customers');
    expect(again).toMatchObject({ kind: 'success', value: { created: false } });
    expect(lists).toHaveLength(3);
    expect((await look('/v1/customers?limit=100')).has_more).toBe(true);
  });

  it('is not made again when somebody deleted it meanwhile, then or ever', async () => {
    const { clock, fault, write, customers, remove } = await anAccount();
    await fault({ fault: 'lost-response', times: 1 });
    await write();
    await remove((await customers())[0]?.id);

    clock.advance(landsWithinMs);
    const again = await write();
    clock.advance(40 * 24 * 60 * 60_000);
    const muchLater = await write();

    expect([again, muchLater]).toEqual(Array(2).fill({ kind: 'success', value: { gone: true } }));
    expect(await customers()).toEqual([]);
  });

  // Bug: a customer that was in the events and not in the list was taken for deleted, and never written again.
  // Fix: it is looked at.
  it('is found alive when somebody took our link off it', async () => {
    const { clock, fault, write, customers, url } = await anAccount();
    await fault({ fault: 'lost-response', times: 1 });
    await write();
    const [made] = await customers();
    const body = 'metadata[salesforce_account_id]=';
    await fetch(`${url}/v1/customers/${made?.id}`, { method: 'POST', headers, body });

    clock.advance(landsWithinMs);
    const again = await write();

    expect(again).toEqual({ kind: 'success', value: { id: made?.id, created: false } });
    expect(await customers()).toMatchObject([{ metadata: { salesforce_account_id: '001000000000001AAA' } }]);
  });

  it('leaves no second one when the table could not be told of it', async () => {
    const { clock, table, write, customers } = await anAccount();
    table.before.push(
      ({ step }) => void (step === 'replace' && table.calls.length > 2 && table.failing.add('replace')),
    );

    await expect(write()).rejects.toThrow('throttled');
    table.before.pop();
    table.failing.clear();
    clock.advance(landsWithinMs);
    const again = await write();

    expect(again).toMatchObject({ kind: 'success', value: { created: false } });
    expect(await customers()).toHaveLength(1);
  });
});

describe('Stripe: a create that made nothing', () => {
  it('is done under a new key once it is sure that nothing was made', async () => {
    const { clock, fault, write, customers } = await anAccount();
    await fault({ fault: 'down', times: 1 });

    const down = await write();
    const early = await write();
    clock.advance(landsWithinMs);
    const late = await write();

    expect(down).toMatchObject({ kind: 'transient', status: 503 });
    expect(early).toMatchObject(pending(landsWithinMs));
    expect(late).toMatchObject({ kind: 'success', value: { created: true } });
    expect(await customers()).toHaveLength(1);
  });

  it('does not take another account for its own', async () => {
    const { clock, container, fault, write, customers } = await anAccount();
    await container().write(aCustomerWrite({ link: { field: linkField, value: '001000000000009AAA' } }), aCall());
    await fault({ fault: 'down', times: 1 });
    await write();

    clock.advance(landsWithinMs);
    const again = await write();

    expect(again).toMatchObject({ kind: 'success', value: { created: true } });
    expect(await customers()).toHaveLength(2);
  });

  it.each([
    ['refused for good', { email: 'ada at example.com' }, undefined, 'permanent'],
    ['throttled', ada, { fault: 'throttle', times: 1 }, 'busy'],
    ['refused with its credentials', ada, { fault: 'revoked', times: 1 }, 'auth'],
  ] as const)('leaves no intent where it was %s: the next one creates at once', async (_what, fields, fails, kind) => {
    const { fault, table, write, customers } = await anAccount();
    if (fails !== undefined) await fault(fails);

    const refused = await write(fields);
    const kept = [...table.rows.keys()];
    const again = await write();

    expect(refused).toMatchObject({ kind });
    expect(kept).toEqual([]);
    expect(again).toMatchObject({ kind: 'success', value: { created: true } });
    expect(await customers()).toHaveLength(1);
  });

  it('leaves no intent where its guard let no call through', async () => {
    const { credentials, table } = await anAccount();
    const refusal = { kind: 'busy', code: 'breaker-open-failures', operation: 'stripe.create' } as const;
    const connector = stripeAt(credentials, { intents: createIntents(table, 'test'), guard: async () => refusal });

    const refused = await connector.write(aCustomerWrite(), aCall());

    expect(refused).toEqual(refusal);
    expect([...table.rows.keys()]).toEqual([]);
  });

  it('creates nothing when it can not look', async () => {
    const { clock, fault, write, customers } = await anAccount();
    await fault({ fault: 'down', times: 2 });
    await write();

    clock.advance(landsWithinMs);
    const blind = await write();

    expect(blind).toMatchObject({ kind: 'transient', operation: 'stripe.find', status: 503 });
    expect(await customers()).toEqual([]);
  });
});

describe('Stripe: the intent', () => {
  it('of two runs at once lets one create', async () => {
    const { write, customers } = await anAccount();

    const outcomes = await Promise.all([write(), write(), write()]);

    const kinds = outcomes.map((outcome) => outcome.kind);
    expect(kinds.toSorted()).toEqual(['busy', 'busy', 'success']);
    expect(outcomes.find(({ kind }) => kind === 'busy')).toMatchObject(pending(landsWithinMs));
    expect(await customers()).toHaveLength(1);
  });

  it('of two runs that both looked in vain lets one create', async () => {
    const { clock, fault, write, customers } = await anAccount();
    await fault({ fault: 'down', times: 1 });
    await write();
    clock.advance(landsWithinMs);

    const outcomes = await Promise.all([write(), write()]);

    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['busy', 'success']);
    expect(await customers()).toHaveLength(1);
  });

  it('remembers the customer, so that a run before the link was stored updates it without a look', async () => {
    const { write, calls, customers } = await anAccount();
    const first = await write();

    const again = await write({ name: 'Ada King' });

    expect(again).toMatchObject({
      kind: 'success',
      value: { ...(first.kind === 'success' && first.value), created: false },
    });
    expect((await calls()).map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(await customers()).toMatchObject([{ name: 'Ada King' }]);
  });

  it('does not bring back a customer that it remembers and somebody deleted', async () => {
    const { write, customers, remove } = await anAccount();
    await write();
    await remove((await customers())[0]?.id);

    const again = await write();

    expect(again).toEqual({ kind: 'success', value: { gone: true } });
    expect(await customers()).toEqual([]);
  });

  it('looks back to five minutes before it was stored, for clocks that differ', async () => {
    const clock = ownClock('2026-11-20T08:05:00.900Z');
    const nothing = { status: 200, body: '{"data":[],"has_more":false}' };
    const server = await stubServer({ status: 503 }, nothing, nothing, { status: 503 });
    const intents = createIntents(new MemoryTable(), 'test');
    const connector = stripeAt(new HeldCredentials(stripeSecret(server.url)), { intents, landsWithinMs });
    await connector.write(aCustomerWrite(), aCall());

    clock.advance(landsWithinMs);
    await connector.write(aCustomerWrite(), aCall());

    const looks = server.requests.slice(1, 3).map(({ url = '' }) => new URL(url, server.url));
    const since = { limit: '100', 'created[gte]': String(Date.parse('2026-11-20T08:00:00Z') / 1000) };
    expect(looks.map(({ pathname }) => pathname)).toEqual(['/v1/customers', '/v1/events']);
    expect(looks.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
      since,
      { ...since, type: 'customer.created' },
    ]);
  });
});

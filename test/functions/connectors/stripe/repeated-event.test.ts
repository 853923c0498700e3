import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../support/wait-for.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall, aCustomerWrite, HeldCredentials, simulatedStripe, stripeAt, stripeSecret } from '../support/systems.ts';

const linkField = 'metadata.salesforce_account_id';
const ada = { name: 'Ada Lovelace', email: 'ada@example.com' };

/** Creates a customer through the connector, and answers its id. */
async function created(connector: ReturnType<typeof stripeAt>): Promise<string> {
  const outcome = await connector.write(aCustomerWrite({ fields: ada }), aCall());
  if (outcome.kind !== 'success') throw new Error(outcome.code);
  return outcome.value.id;
}

describe('Stripe: a repeated event', () => {
  it('finds what an earlier run created although its answer was lost', async () => {
    const { connector, look, fault } = await simulatedStripe();
    await fault({ fault: 'slow', ms: 120, times: 1 });

    const lost = await connector.write(aCustomerWrite({ fields: ada }), aCall(60));
    await waitFor(async () => (await look('/v1/customers')).data.length === 1, { everyMs: 10 });
    const again = await connector.write(aCustomerWrite({ fields: { name: 'Ada King' }, repeated: true }), aCall());

    const { data } = await look('/v1/customers');
    expect(lost).toMatchObject({ kind: 'transient', code: 'timeout', operation: 'stripe.create' });
    expect(again).toEqual({ kind: 'success', value: { id: data[0]?.id, created: false } });
    expect(data).toMatchObject([{ name: 'Ada King', email: ada.email }]);
  });

  it('creates where the earlier run made nothing, and does not take another account for its own', async () => {
    const { connector, look } = await simulatedStripe();
    await created(connector);
    const link = { field: linkField, value: '001000000000009AAA' };

    const outcome = await connector.write(aCustomerWrite({ fields: ada, link, repeated: true }), aCall());

    expect(outcome).toMatchObject({ kind: 'success', value: { created: true } });
    expect((await look('/v1/customers')).data).toHaveLength(2);
  });

  it('looks through every page', async () => {
    const { connector, look, calls } = await simulatedStripe();
    const id = await created(connector);
    const others = Array.from({ length: 205 }, (_, index) => ({ field: linkField, value: `other-${index}` }));
    for (const link of others) await connector.write(aCustomerWrite({ fields: {}, link }), aCall());

    const outcome = await connector.write(aCustomerWrite({ fields: ada, repeated: true }), aCall());

    const lists = (await calls()).filter(({ method, path }) => method === 'GET' && path === '/v1/customers');
    expect(outcome).toEqual({ kind: 'success', value: { id, created: false } });
    expect(lists).toHaveLength(3);
    expect((await look('/v1/customers?limit=100')).has_more).toBe(true);
  });

  it('looks back to five minutes before the event came, for clocks that differ', async () => {
    const server = await stubServer({ status: 200, body: '{"data":[],"has_more":false}' }, { status: 503 });
    const connector = stripeAt(new HeldCredentials(stripeSecret(server.url)));
    const notBeforeMs = Date.parse('2026-11-20T08:05:00.900Z');

    await connector.write(aCustomerWrite({ repeated: true, notBeforeMs }), aCall());

    const { searchParams } = new URL(server.requests[0]?.url ?? '', server.url);
    expect(Object.fromEntries(searchParams)).toEqual({
      limit: '100',
      'created[gte]': String(Date.parse('2026-11-20T08:00:00Z') / 1000),
    });
  });

  it('creates nothing when it can not look', async () => {
    const { connector, look, fault } = await simulatedStripe();
    await fault({ fault: 'down', times: 1 });

    const outcome = await connector.write(aCustomerWrite({ fields: ada, repeated: true }), aCall());

    expect(outcome).toMatchObject({ kind: 'transient', operation: 'stripe.find', status: 503 });
    expect((await look('/v1/customers')).data).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { stubServer } from '../support/stub-server.ts';
import {
  aCall,
  aCustomerWrite,
  customer,
  HeldCredentials,
  simulatedStripe,
  stripeAt,
  stripeSecret,
} from '../support/systems.ts';

const linkField = 'metadata.salesforce_account_id';
const ada = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+442079460000',
  'address.street': '12 St James Square\nFloor 2',
  'address.city': 'London',
  'address.country': 'GB',
};

/** Creates a customer through the connector, and answers its id. */
async function created(connector: ReturnType<typeof stripeAt>, fields = ada): Promise<string> {
  const outcome = await connector.write(aCustomerWrite({ fields }), aCall());
  if (outcome.kind !== 'success' || 'gone' in outcome.value) throw new Error(outcome.kind);
  return outcome.value.id;
}

describe('Stripe: read', () => {
  it('answers the record with its fields flattened', async () => {
    const { connector } = await simulatedStripe();
    const id = await created(connector);

    const found = await connector.read(customer, id, aCall());

    expect(found).toEqual({
      kind: 'success',
      value: {
        id,
        fields: {
          ...ada,
          description: null,
          'address.state': null,
          'address.postal_code': null,
          [linkField]: '001000000000001AAA',
        },
      },
    });
  });

  it('answers nothing for a customer that was deleted, and a failure for one that never was', async () => {
    const { connector, url } = await simulatedStripe();
    const id = await created(connector);
    await fetch(`${url}/v1/customers/${id}`, { method: 'DELETE', headers: { authorization: 'Bearer sk_test_secret' } });

    const deleted = await connector.read(customer, id, aCall());
    const unknown = await connector.read(customer, 'cus_unknown', aCall());

    expect(deleted).toEqual({ kind: 'success', value: undefined });
    expect(unknown).toMatchObject({
      kind: 'permanent',
      code: 'resource_missing',
      operation: 'stripe.read',
      status: 404,
    });
  });
});

describe('Stripe: write', () => {
  it('creates a customer that carries the link', async () => {
    const { connector, look } = await simulatedStripe();

    const outcome = await connector.write(aCustomerWrite({ fields: ada }), aCall());

    const { data } = await look('/v1/customers');
    expect(outcome).toEqual({ kind: 'success', value: { id: data[0]?.id, created: true } });
    expect(data).toMatchObject([
      {
        name: ada.name,
        address: { line1: '12 St James Square', line2: 'Floor 2', city: 'London', country: 'GB' },
        metadata: { salesforce_account_id: '001000000000001AAA' },
      },
    ]);
  });

  it('updates by id: null empties, and what is absent stays', async () => {
    const { connector, look } = await simulatedStripe();
    const id = await created(connector);
    const fields = { name: 'Ada King', email: null, 'address.street': null };

    const outcome = await connector.write(aCustomerWrite({ id, fields }), aCall());

    expect(outcome).toEqual({ kind: 'success', value: { id, created: false } });
    expect(await look(`/v1/customers/${id}`)).toMatchObject({
      name: 'Ada King',
      email: null,
      phone: ada.phone,
      address: { line1: null, line2: null, city: 'London' },
    });
  });

  it('changes nothing when it is done twice', async () => {
    const { connector, look } = await simulatedStripe();
    const id = await created(connector);
    const before = await look(`/v1/customers/${id}`);

    await connector.write(aCustomerWrite({ id, fields: ada }), aCall());

    expect(await look(`/v1/customers/${id}`)).toEqual(before);
    expect((await look('/v1/events')).data).toHaveLength(1);
  });

  it('never creates by an update: a deleted customer is a permanent failure', async () => {
    const { connector, look } = await simulatedStripe();

    const outcome = await connector.write(aCustomerWrite({ id: 'cus_gone', fields: ada }), aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'resource_missing', operation: 'stripe.update' });
    expect((await look('/v1/customers')).data).toEqual([]);
  });

  it('tells a refused value by its code alone', async () => {
    const { connector } = await simulatedStripe();

    const outcome = await connector.write(aCustomerWrite({ fields: { email: 'ada at example.com' } }), aCall());

    expect(outcome).toEqual({ kind: 'permanent', code: 'email_invalid', operation: 'stripe.create', status: 400 });
  });

  it('labels every write with a key of its own that begins with millrace:', async () => {
    const { connector, look } = await simulatedStripe();
    const id = await created(connector);
    const rename = aCustomerWrite({ id, fields: { name: 'Ada King' } });
    await connector.write(rename, aCall());
    await connector.write(aCustomerWrite({ id, fields: ada }), aCall());
    await connector.write(rename, aCall());
    await connector.link(customer, id, linkField, '001000000000002AAA', aCall());

    const { data } = await look('/v1/events');

    const keys = data.map(({ request }) => (request as { idempotency_key: string }).idempotency_key);
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(5);
    expect(keys.every((key) => key.startsWith('millrace:'))).toBe(true);
  });

  it('stores a link beside other metadata', async () => {
    const { connector, look } = await simulatedStripe();
    const id = await created(connector);
    await connector.link(customer, id, 'metadata.owner', 'sales', aCall());

    const outcome = await connector.link(customer, id, linkField, '001000000000002AAA', aCall());

    expect(outcome).toEqual({ kind: 'success', value: undefined });
    expect((await look(`/v1/customers/${id}`)).metadata).toEqual({
      owner: 'sales',
      salesforce_account_id: '001000000000002AAA',
    });
  });
});

describe('Stripe: on the wire', () => {
  it('sends key, version, correlation id and form', async () => {
    const server = await stubServer({ status: 200, body: '{"id":"cus_1"}' });
    const connector = stripeAt(new HeldCredentials(stripeSecret(server.url)));
    const fields = { name: 'Zoë & Söhne = 1+1', 'address.city': null };

    await connector.write(aCustomerWrite({ fields }), aCall());
    await connector.read(customer, 'cus_1/../..', aCall());

    const [post, get] = server.requests;
    expect(post?.headers).toMatchObject({
      authorization: 'Bearer sk_test_secret',
      'stripe-version': '2026-10-28.endive',
      'x-correlation-id': 'corr-1',
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': expect.stringMatching(/^millrace:.+/),
    });
    expect(Object.fromEntries(new URLSearchParams(post?.body))).toEqual({
      name: 'Zoë & Söhne = 1+1',
      'address[city]': '',
      'metadata[salesforce_account_id]': '001000000000001AAA',
    });
    expect(get).toMatchObject({ method: 'GET', url: '/v1/customers/cus_1%2F..%2F..' });
    expect(get?.headers).not.toHaveProperty('idempotency-key');
  });

  it('calls Stripe itself where the secret names no other place', async () => {
    const urls: string[] = [];
    const connector = stripeAt(new HeldCredentials('{"apiKey":"sk_live"}'), {
      http: async ({ url }) => {
        urls.push(url);
        return { kind: 'no-response', code: 'connection' };
      },
    });

    await connector.read(customer, 'cus_1', aCall());

    expect(urls).toEqual(['https://api.stripe.com/v1/customers/cus_1']);
  });

  it('takes an answer that is no customer for a transient failure', async () => {
    const server = await stubServer({ status: 200, body: '<html>maintenance</html>' });
    const connector = stripeAt(new HeldCredentials(stripeSecret(server.url)));

    const outcome = await connector.read(customer, 'cus_1', aCall());

    expect(outcome).toEqual({ kind: 'transient', code: 'unexpected-response', operation: 'stripe.read', status: 200 });
  });
});

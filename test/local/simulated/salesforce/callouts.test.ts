import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fakeClock, waitFor, webhookReceiver } from '../support.ts';
import { simulatedSalesforce } from './client.ts';

const SECRET = 'callout-secret';

async function withReceiver(statuses: number[] = []) {
  const receiver = await webhookReceiver(statuses);
  const clock = fakeClock();
  const simulated = await simulatedSalesforce({ now: clock.now });
  simulated.system.setWebhook({ url: receiver.url, secret: SECRET });
  const bodies = async (count: number) => {
    await waitFor(() => receiver.received.length >= count);
    return receiver.received.map(({ body }) => JSON.parse(body));
  };
  return { ...simulated, receiver, bodies, clock };
}

describe('change callouts', () => {
  it('tell of creation, change and deletion', async () => {
    const { salesforce, bodies, clock } = await withReceiver();
    const accounts = salesforce.sobject('Account');

    const { id } = await accounts.create({ Name: 'Acme', BillingCity: 'Ulm', Phone: null });
    await bodies(1);
    clock.advance(1);
    await accounts.update({ Id: id!, Name: 'Acme', BillingCity: null });
    await bodies(2);
    await accounts.destroy(id!);

    const [created, updated, deleted] = await bodies(3);
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      organizationId: expect.stringMatching(/^00D[0-9A-Za-z]{15}$/),
      object: 'Account',
      changeType: 'CREATE',
      recordId: id,
      systemModstamp: '2026-11-20T07:22:19.000+0000',
      origin: null,
      fields: { Name: 'Acme', BillingCity: 'Ulm' },
    });
    expect(updated).toMatchObject({
      changeType: 'UPDATE',
      systemModstamp: '2026-11-20T07:22:20.000+0000',
      fields: { BillingCity: null },
    });
    expect(updated.fields).not.toHaveProperty('Name');
    expect(deleted).toMatchObject({ changeType: 'DELETE', recordId: id, fields: {} });
    expect(new Set([created.id, updated.id, deleted.id]).size).toBe(3);
  });

  it('are signed over the time and the raw body', async () => {
    const { salesforce, receiver, bodies } = await withReceiver();

    await salesforce.sobject('Account').create({ Name: 'Müller' });
    await bodies(1);

    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
    const expected = createHmac('sha256', SECRET).update(`1795159339.${body}`).digest('hex');
    expect(headers).toMatchObject({
      'content-type': expect.stringContaining('application/json'),
      'x-millrace-timestamp': '1795159339',
      'x-millrace-signature': `v1=${expected}`,
    });
  });

  it('carry the client of the call as their origin, on upserts too', async () => {
    const { connect, bodies } = await withReceiver();

    await connect('millrace')
      .sobject('Account')
      .upsert({ Stripe_Customer_Id__c: 'cus_1', Name: 'Acme' }, 'Stripe_Customer_Id__c');

    const [created] = await bodies(1);
    expect(created).toMatchObject({ origin: 'millrace', fields: { Stripe_Customer_Id__c: 'cus_1', Name: 'Acme' } });
  });

  it('are not sent for an update that changes nothing, which moves the time stamp all the same', async () => {
    const { salesforce, bodies, clock } = await withReceiver();
    const accounts = salesforce.sobject('Account');
    const { id } = await accounts.create({ Name: 'Acme' });
    clock.advance(5);

    await accounts.update({ Id: id!, Name: 'Acme' });
    await accounts.update({ Id: id!, Name: 'Other' });

    const sent = await bodies(2);
    expect(sent.map(({ fields }) => fields.Name).sort()).toEqual(['Acme', 'Other']);
    expect((await accounts.retrieve(id!)).SystemModstamp).toBe('2026-11-20T07:22:24.000+0000');
  });

  it('are sent again after a 503, with the same event id', async () => {
    const { salesforce, bodies } = await withReceiver([503]);

    await salesforce.sobject('Contact').create({ LastName: 'Noether' });

    const [first, second] = await bodies(2);
    expect(second).toEqual(first);
    expect(first.object).toBe('Contact');
  });

  it('are not sent for a refused write', async () => {
    const { salesforce, bodies } = await withReceiver();
    await salesforce
      .sobject('Account')
      .create({})
      .catch(() => {});

    await salesforce.sobject('Account').create({ Name: 'Acme' });

    expect(await bodies(1)).toHaveLength(1);
  });
});

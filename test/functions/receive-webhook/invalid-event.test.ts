import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../functions/specification/flow.ts';
import customerToAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import { createReceiver, createSalesforceReceiver } from './receiver.ts';
import { accountCallout, customerEvent, fromSalesforce, fromStripe } from './samples.ts';

const wanted = () => fromStripe(customerEvent());

describe('an authentic event that its schema refuses', () => {
  test('tells paths and rules, no values', async () => {
    const receiver = createReceiver();

    await receiver.post(fromStripe(customerEvent({}, { id: 'Zoë', object: 'Wonderland' })));

    expect(receiver.queued[0]?.message.invalidreason).toBe(
      'invalid event: data.object.id: starts_with; data.object.object: literal',
    );
  });

  test('keeps its place among the events of its record', async () => {
    const receiver = createSalesforceReceiver();
    const id15 = '0015f00002J9YYE';

    await receiver.post(fromSalesforce(accountCallout({ id: 'valid', recordId: id15 })));
    await receiver.post(fromSalesforce(accountCallout({ id: 'invalid', recordId: id15, organizationId: 7 })));

    const places = receiver.queued.map(({ message }) => [message.id, message.subject, message.invalidreason]);
    expect(places).toEqual([
      ['valid', '0015f00002J9YYEAA3', undefined],
      ['invalid', '0015f00002J9YYEAA3', 'invalid event: organizationId: string'],
    ]);
  });

  test('stands alone where its record can not be told', async () => {
    const receiver = createReceiver();

    await receiver.post(fromStripe(customerEvent({ data: { object: {} } })));

    expect(receiver.queued[0]?.message).toMatchObject({ subject: 'evt_1Pgc76B7WZ01zgkWwyRHS12y' });
    expect(receiver.queued[0]?.message.invalidreason).toMatch(/^invalid event: data\.object\.id: /);
  });

  test('stands alone, flagged, where its key is empty though its schema allows that', async () => {
    const source = { ...customerToAccount.source, key: () => '' };
    const receiver = createReceiver({ flows: [{ ...customerToAccount, source }] });

    await receiver.post(wanted());

    expect(receiver.queued[0]?.message).toMatchObject({
      subject: 'evt_1Pgc76B7WZ01zgkWwyRHS12y',
      invalidreason: 'invalid event: its key is empty',
    });
  });

  test('has a reason of bounded length, however much is wrong', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `${'long'.repeat(40)}${index}`);
    const schema = v.object(Object.fromEntries(names.map((name) => [name, v.string()])));
    const flow: Flow = { ...customerToAccount, source: { ...customerToAccount.source, schema } };
    const receiver = createReceiver({ flows: [flow] });

    await receiver.post(wanted());

    expect(receiver.queued[0]?.message.invalidreason?.length).toBeLessThanOrEqual(500);
  });
});

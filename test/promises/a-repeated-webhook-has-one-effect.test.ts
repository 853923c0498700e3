import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { aws } from '../support/clients.ts';
import { postSigned } from '../support/post-signed.ts';
import { holdsFor } from '../support/wait-for.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { aMessage } from './support/messages.ts';
import { sources } from './support/names.ts';
import { aPerson, asCustomer } from './support/people.ts';
import { flows, queueUrl } from './support/queues.ts';
import {
  asEcho,
  type Call,
  callsTo,
  createdEvent,
  findAccounts,
  linkOf,
  type SystemName,
  salesforceClient,
  stripeClient,
} from './support/systems.ts';

const stripe = stripeClient();
const { sqs } = aws;

/** What was written to either of two linked records, by whichever of their ids. */
async function writesTo(system: SystemName, ...ids: readonly string[]): Promise<Call[]> {
  const isWrite = ({ method, path }: Call) => method !== 'GET' && ids.some((id) => path.includes(id));
  return (await callsTo(system)).filter(isWrite);
}

/** An event that Stripe itself never sent, about a Customer that it has. */
async function anEvent() {
  const customer = await stripe.customers.create(asCustomer(aPerson()), asEcho());
  const { request: _, ...event } = await createdEvent(stripe, customer.id);
  return { customer, event: { ...event, id: `evt_${randomUUID()}` } };
}

it('sent 20 times at once: 202 each time, and one Account, written once and linked once', async () => {
  const salesforce = await salesforceClient();
  const { customer, event } = await anEvent();

  const answers = await Promise.all(Array.from({ length: 20 }, () => postSigned(sources.stripe, event)));

  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
  const accountId = await linkOf(stripe, customer.id);
  const once = async () => {
    const ids = [customer.id, accountId] as const;
    const [accounts, customers] = await Promise.all([writesTo('salesforce', ...ids), writesTo('stripe', ...ids)]);
    return accounts.length === 1 && customers.length === 1;
  };
  await holdsFor(once, 2_000, 'one write to either system');
  const accounts = await findAccounts(salesforce, 'Stripe_Customer_Id__c', customer.id);
  expect(accounts.map(({ Id }) => Id)).toEqual([accountId]);
  expect(logEntries({ message: 'event delivered', eventId: event.id }).length).toBeLessThanOrEqual(1);
});

// For five minutes SQS itself drops a repeat; no test waits that long, so the message is queued as SQS would take it then.
it('sent again once SQS has forgotten it (queued directly, under another deduplication id): skipped', async () => {
  const { customer, event } = await anEvent();
  await postSigned(sources.stripe, event);
  await logEntry({ message: 'event delivered', eventId: event.id });
  const accountId = await linkOf(stripe, customer.id);
  const before = await writesTo('salesforce', customer.id, accountId);

  const message = aMessage(flows.fromStripe, customer.id, event);
  const QueueUrl = await queueUrl(flows.fromStripe);
  const ids = { MessageGroupId: randomUUID(), MessageDeduplicationId: randomUUID() };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), ...ids }));

  const skipped = await logEntry({ message: 'event skipped', correlationId: message.correlationid });
  expect(skipped).toMatchObject({ eventId: event.id, reason: 'seen before' });
  expect(before).toHaveLength(1);
  expect(await writesTo('salesforce', customer.id, accountId)).toEqual(before);
});

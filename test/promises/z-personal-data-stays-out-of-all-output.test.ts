/**
 * Named to run last but for the removal (test/support/by-name.ts orders by name): it searches what all other promise
 * tests made the functions say. What they write into personal fields comes from support/people.ts, so it is recognised.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { beforeAll, expect, inject, it } from 'vitest';
import { createEventLines } from '../../local/logs/event-lines.ts';
import { aws } from '../support/clients.ts';
import { postSigned } from '../support/post-signed.ts';
import { waitFor } from '../support/wait-for.ts';
import { logEntry, logLines } from './support/logs.ts';
import { millrace } from './support/millrace.ts';
import { functionOf, secretOf, sources } from './support/names.ts';
import { parked, parkedItems } from './support/parked.ts';
import { aPerson, asCustomer, personalData } from './support/people.ts';
import { flows } from './support/queues.ts';
import { linkOf, stripeClient } from './support/systems.ts';

const { logs, secrets } = aws;

/** Something of each kind, so that there is output to search also where this file runs alone. */
beforeAll(async () => {
  const stripe = stripeClient();
  const customer = await stripe.customers.create(asCustomer(aPerson()));
  await linkOf(stripe, customer.id);
  const about = (object: object) => ({ id: `evt_${randomUUID()}`, type: 'customer.updated', data: { object } });
  const [invalid, unknown] = [about({ ...customer, object: 'person' }), about({ ...customer, id: 'cus_unknown' })];
  await postSigned(sources.stripe, invalid);
  await postSigned(sources.stripe, unknown);
  await postSigned(sources.stripe, customer, { secret: 'wrong' });
  await postSigned(sources.stripe, customer.name);
  await parked(invalid.id);
  await parked(unknown.id);
  await logEntry({ message: 'event dead-lettered', eventId: unknown.id });
});

/** Everything in CloudWatch Logs, by log group. */
async function allLogGroups(): Promise<Map<string, string[]>> {
  const groups = new Map<string, string[]>();
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
    for (const { logGroupName = '' } of logGroups) groups.set(logGroupName, []);
  }
  for (const [logGroupName, lines] of groups) {
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
      lines.push(...events.map(({ message = '' }) => message));
    }
  }
  return groups;
}

async function secretText(system: string, purpose: Parameters<typeof secretOf>[1]): Promise<string> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretOf(system, purpose) }));
  return SecretString!;
}

/** What signs, or signs in: just the values. */
async function secretValues(): Promise<string[]> {
  const { webhooks, systems } = inject('pipeline');
  const { accessToken } = JSON.parse(await secretText('salesforce', 'token')) as { accessToken: string };
  const files = [...Object.values(webhooks).map(({ secretFile }) => secretFile), systems.stripe.apiKeyFile];
  return [...files, systems.salesforce.clientSecretFile].map((file) => readFileSync(file, 'utf8')).concat(accessToken);
}

const personal = (texts: readonly string[]) => texts.filter((text) => personalData.test(text));

it('the search finds a person in either system: what all tests wrote is recognised', async () => {
  const { data } = await stripeClient().customers.list({ limit: 1 });
  expect(personal([JSON.stringify(data[0])])).toHaveLength(1);
  const items = await parkedItems();
  expect(personal(items.map(({ body = '' }) => body)).length).toBeGreaterThan(0);
});

it("no function's log has personal data or a secret in it", async () => {
  const groups = await allLogGroups();
  const [lines, values] = [logLines(), await secretValues()];
  const all = [...lines, ...[...groups.values()].flat()];

  for (const busy of [functionOf('receive-webhook', 'stripe'), functionOf('deliver-event', flows.fromStripe)]) {
    expect(groups.get(`/aws/lambda/${busy}`)?.length).toBeGreaterThan(3);
  }
  expect(lines.length).toBeGreaterThan(10);
  expect(personal(all)).toEqual([]);
  expect(all.filter((line) => values.some((value) => line.includes(value)))).toEqual([]);
});

it('nothing of a parked event but its message has personal data in it', async () => {
  const items = await parkedItems();
  expect(items.length).toBeGreaterThan(1);
  expect(personal(items.map(({ body: _, ...item }) => JSON.stringify(item)))).toEqual([]);
});

it('nothing that commands show has personal data in it, unless the message is asked for', async () => {
  const { sk } = (await parkedItems()).find(({ body = '' }) => personalData.test(body))!;
  const [status, withBody, ...shown] = [
    await millrace('status'),
    await millrace('parked', 'show', sk, '--body'),
    await millrace('parked', 'list'),
    await millrace('parked', 'show', sk),
    await millrace('trace', sk),
  ];
  for (const { output } of [withBody, ...shown]) expect(output).toContain(sk);
  expect(personal([status, ...shown].map(({ output }) => output))).toEqual([]);
  expect(personal([withBody.output])).toHaveLength(1);
});

it('nothing that `npm start` prints about events has personal data in it', async () => {
  const printed = await waitFor(() => {
    const shown = createEventLines()(logLines());
    return shown.some((line) => line.includes('dead-lettered')) && shown;
  });
  expect(printed.length).toBeGreaterThan(5);
  expect(personal(printed)).toEqual([]);
});

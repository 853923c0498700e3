import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { awsClients } from '../support/clients.ts';
import { postSigned } from '../support/post-signed.ts';
import { request } from '../support/request.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  announce,
  atRest,
  deliveryTimes,
  expectNoneParked,
  expectOneRecordEach,
  unannouncedAccounts,
  unannouncedCustomers,
} from './support/events.ts';
import { restartFunction } from './support/functions.ts';
import { openedBreaker } from './support/health.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { functionOf, secretOf, sources } from './support/names.ts';
import { aPerson, asCustomer } from './support/people.ts';
import { deadLettersAbout, flows } from './support/queues.ts';
import {
  callsTo,
  clearFaults,
  findAccounts,
  isProbe,
  linkOf,
  type SystemName,
  salesforceClient,
  setFault,
  stripeClient,
  warmUp,
} from './support/systems.ts';

const stripe = stripeClient();
const { lambda, secrets, sqs } = awsClients();
const webhookSecret = secretOf('salesforce', 'webhook');
const oldSecret = readFileSync(inject('pipeline').webhooks[sources.salesforce]!.secretFile, 'utf8');
const clientSecret = secretOf('salesforce', 'credentials');
let goodClient: string;
let salesforce: Connection;

async function read(SecretId: string): Promise<string> {
  return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
}

const replace = (SecretId: string, SecretString: string) =>
  secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));

beforeAll(async () => {
  salesforce = await salesforceClient();
  // There must be a token that can be revoked.
  await warmUp(stripe, salesforce);
  goodClient = await read(clientSecret);
});

afterAll(async () => {
  await replace(clientSecret, goodClient);
  await replace(webhookSecret, oldSecret);
  // Its processes may keep the replaced secret for minutes.
  await restartFunction(lambda, functionOf('receive-webhook', 'salesforce'));
  expect(await statusWith(oldSecret)).toBe(202);
});

/** What a Salesforce callout that nobody wants is answered, signed with a secret. */
async function statusWith(secret: string): Promise<number> {
  const event = { id: randomUUID(), object: 'Contact', changeType: 'UPDATE', recordId: '003bn000000000001A' };
  return (await postSigned(sources.salesforce, event, { secret })).status;
}

/** Ends the session that deliveries use. */
async function revokeToken(): Promise<void> {
  const { accessToken } = JSON.parse(await read(secretOf('salesforce', 'token'))) as { accessToken: string };
  const url = `${inject('pipeline').systems.salesforce.url}/services/oauth2/revoke`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await request(url, { headers, body: new URLSearchParams({ token: accessToken }).toString() });
  expect(answer.status).toBe(200);
}

it('a revoked token: the next event is delivered after one refresh', async () => {
  await revokeToken();
  const before = (await callsTo('salesforce')).length;

  const customer = await stripe.customers.create(asCustomer(aPerson()));

  await linkOf(stripe, customer.id);
  const calls = (await callsTo('salesforce')).slice(before);
  expect(calls.map(({ method, path, status }) => [method, path.split('/').at(-1), status])).toEqual([
    ['PATCH', customer.id, 401],
    ['POST', 'token', 200],
    ['PATCH', customer.id, 201],
  ]);
  await logEntry({ message: 'event delivered', subject: customer.id });
  expect(logEntries({ message: 'delivery deferred', subject: customer.id })).toEqual([]);
});

// The last one waits for half a minute, and touches nothing that the others use.
describe.concurrent('while deliveries go on', () => {
  describe('access', { concurrent: false }, () => {
    it('a wrong client secret: events wait, none is a dead letter, and they go through once it is mended', async () => {
      await replace(clientSecret, JSON.stringify({ ...JSON.parse(goodClient), clientSecret: 'wrong' }));
      await revokeToken();

      const customer = await stripe.customers.create(asCustomer(aPerson()));

      const subject = customer.id;
      const deferred = await logEntry({ message: 'delivery deferred', subject });
      expect(deferred).toMatchObject({ category: 'auth', code: 'token-refused', waitSeconds: 2, attempts: 0 });
      await replace(clientSecret, goodClient);
      const delivered = await logEntry({ message: 'event delivered', subject });
      expect(delivered.eventId).toBe(deferred.eventId);
      expect(await deadLettersAbout(sqs, flows.fromStripe, subject)).toEqual([]);
      expect(logEntries({ message: 'attempt failed', subject })).toEqual([]);
      expect(await findAccounts(salesforce, 'Stripe_Customer_Id__c', subject)).toHaveLength(1);
    });

    it.each<SystemName>(['salesforce', 'stripe'])(
      '%s takes our access away and gives it back: nothing is parked, and all is delivered without a human',
      async (system) => {
        const records = [...(await unannouncedCustomers(3)), ...(await unannouncedAccounts(3))];
        const before = (await callsTo(system)).length;
        await setFault(system, { fault: 'revoked' });

        const events = await Promise.all(records.map(announce));
        expect(await openedBreaker(system)).toMatchObject({ reason: 'auth' });
        const met = async () =>
          (await callsTo(system)).slice(before).some((call) => isProbe(call) && call.status === 401);
        await waitFor(met, { what: 'a probe that is refused, too' });
        await clearFaults();

        await deliveryTimes(records);
        for (const eventId of events) expect(logEntries({ message: 'attempt failed', eventId })).toEqual([]);
        await expectNoneParked(sqs, records);
        await expectOneRecordEach(records);
        await atRest(sqs);
      },
    );
  });

  it('a replaced webhook secret: old and new are accepted until the overlap ends, then only the new one', async () => {
    const newSecret = randomBytes(32).toString('hex');
    // The receiver reads its secret again at most every 30 s.
    const overlapEnds = Date.now() + 34_000;
    const previousValidUntil = new Date(overlapEnds).toISOString();
    expect(await statusWith(newSecret)).toBe(401);

    await replace(webhookSecret, JSON.stringify({ current: newSecret, previous: oldSecret, previousValidUntil }));

    expect(await statusWith(oldSecret)).toBe(202);
    await waitFor(async () => (await statusWith(newSecret)) === 202, { timeoutMs: 32_000, everyMs: 500 });
    expect(await statusWith(oldSecret)).toBe(202);
    expect(Date.now()).toBeLessThan(overlapEnds);
    const timeoutMs = overlapEnds - Date.now() + 2_000;
    await waitFor(async () => (await statusWith(oldSecret)) === 401, { timeoutMs, everyMs: 250 });
    expect(Date.now()).toBeGreaterThanOrEqual(overlapEnds);
    expect(await statusWith(newSecret)).toBe(202);
  });
});

import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { aws } from '../support/clients.ts';
import { postSigned } from '../support/post-signed.ts';
import { waitFor } from '../support/wait-for.ts';
import { restartFunction } from './support/functions.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { functionOf, secretOf, sources } from './support/names.ts';
import { parkedAbout } from './support/parked.ts';
import { aPerson, asCustomer } from './support/people.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { findAccounts, linkOf } from './support/systems.ts';
import { endSession, readSecret } from './support/tokens.ts';

const { stripe, salesforce } = await openScene();
const { secrets } = aws;
const receiver = functionOf('receive-webhook', 'salesforce');
const webhookSecret = secretOf('salesforce', 'webhook');
const oldSecret = readFileSync(inject('pipeline').webhooks[sources.salesforce]!.secretFile, 'utf8');
const clientSecret = secretOf('salesforce', 'credentials');
let goodClient: string;

const replace = (SecretId: string, SecretString: string) =>
  secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));

beforeAll(async () => {
  goodClient = await readSecret(clientSecret);
});

afterAll(async () => {
  await replace(webhookSecret, oldSecret);
  // Its processes keep the replaced secret for a while.
  await restartFunction(receiver);
  expect(await statusWith(oldSecret)).toBe(202);
});

/** What a Salesforce callout that nobody wants is answered, signed with a secret. */
async function statusWith(secret: string): Promise<number> {
  const event = { id: randomUUID(), object: 'Contact', changeType: 'UPDATE', recordId: '003bn000000000001A' };
  return (await postSigned(sources.salesforce, event, { secret })).status;
}

it('a revoked token: the next event is delivered after one refresh', async () => {
  await endSession();
  const calls = await watchCalls();

  const customer = await stripe.customers.create(asCustomer(aPerson()));

  await linkOf(stripe, customer.id);
  expect(
    (await calls('salesforce')).map(({ method, path, status }) => [method, path.split('/').at(-1), status]),
  ).toEqual([
    ['PATCH', customer.id, 401],
    ['POST', 'token', 200],
    ['PATCH', customer.id, 201],
  ]);
  await logEntry({ message: 'event delivered', subject: customer.id });
  expect(logEntries({ message: 'delivery deferred', subject: customer.id })).toEqual([]);
});

it('a wrong client secret: events wait, none is parked, and they go through once it is mended', async () => {
  onTestFinished(async () => void (await replace(clientSecret, goodClient)));
  await replace(clientSecret, JSON.stringify({ ...JSON.parse(goodClient), clientSecret: 'wrong' }));
  await endSession();

  const customer = await stripe.customers.create(asCustomer(aPerson()));

  const subject = customer.id;
  const deferred = await logEntry({ message: 'delivery deferred', subject });
  const waitSeconds = (await policiesOf(flows.fromStripe)).auth.waitMs / 1000;
  expect(deferred).toMatchObject({ category: 'auth', code: 'token-refused', waitSeconds, attempts: 0 });
  await replace(clientSecret, goodClient);
  const delivered = await logEntry({ message: 'event delivered', subject });
  expect(delivered.eventId).toBe(deferred.eventId);
  expect(await parkedAbout(subject)).toEqual([]);
  expect(logEntries({ message: 'attempt failed', subject })).toEqual([]);
  expect(await findAccounts(salesforce, 'Stripe_Customer_Id__c', subject)).toHaveLength(1);
});

it('a replaced webhook secret: old and new are accepted until the overlap ends, then only the new one', async () => {
  const newSecret = randomBytes(32).toString('hex');
  const replaceUntil = (overlapEnds: number) => {
    const previousValidUntil = new Date(overlapEnds).toISOString();
    return replace(webhookSecret, JSON.stringify({ current: newSecret, previous: oldSecret, previousValidUntil }));
  };

  await replaceUntil(Date.now() + 60_000);

  expect(await statusWith(oldSecret)).toBe(202);
  // A receiver that runs reads its secret again at most every few seconds.
  await waitFor(async () => (await statusWith(newSecret)) === 202, { timeoutMs: 32_000, everyMs: 250 });
  expect(await statusWith(oldSecret)).toBe(202);

  // One that starts reads it at once: what ends soon need not be waited for.
  const overlapEnds = Date.now() + 5_000;
  await replaceUntil(overlapEnds);
  await restartFunction(receiver);
  expect([await statusWith(oldSecret), await statusWith(newSecret)]).toEqual([202, 202]);
  await waitFor(async () => (await statusWith(oldSecret)) === 401);
  expect(Date.now()).toBeGreaterThanOrEqual(overlapEnds);
  expect(await statusWith(newSecret)).toBe(202);
});

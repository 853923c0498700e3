import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, expect, inject, it } from 'vitest';
import { aws } from '../support/clients.ts';
import { request } from '../support/request.ts';
import { announce, deliveryTimes } from './support/events.ts';
import { somebodyWith } from './support/iam.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { millraceOf } from './support/millrace.ts';
import { secretOf } from './support/names.ts';
import { expectOneOfEach, openScene, recordsEachWay, watchCalls } from './support/scene.ts';
import { readSecret } from './support/tokens.ts';

await openScene();

const { systems, folder } = inject('pipeline');
const { url } = systems.stripe;
const oldKey = readFileSync(systems.stripe.apiKeyFile, 'utf8');
const secretId = secretOf('stripe', 'credentials');
const oldSecret = await readSecret(secretId);
const operator = await somebodyWith('OperatorPolicyArn');
const enough = { customers: 'write', events: 'read', balance: 'read' };

/** As in Stripe's Dashboard. */
async function changeKey(method: 'POST' | 'DELETE', key: string, permissions?: object): Promise<void> {
  const answer = await request(`${url}/_keys`, { method, body: JSON.stringify({ key, permissions }) });
  expect(answer.status).toBe(200);
}

async function rotate(key: string) {
  const file = join(folder, `${randomUUID()}.json`);
  await writeFile(file, JSON.stringify({ apiKey: key, url }));
  return millraceOf(operator.credentials, 'rotate', 'stripe', '--secret-file', file);
}

afterAll(async () => {
  await operator.leave();
  await changeKey('POST', oldKey);
  await aws.secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: oldSecret }));
});

it.each([
  [
    'that Stripe does not know',
    undefined,
    /not in force: invalid_request_error at stripe\.probe\. Mend what was refused/,
  ],
  ['that may not write', { ...enough, customers: 'read' }, /at stripe\.write\.customer\. Mend what was refused/],
  ['that may not read events', { ...enough, events: undefined }, /at stripe\.read\.event\. Mend what was refused/],
])(
  'a key %s does not come into force: the old one stays, and deliveries go on',
  async (_what, permissions, message) => {
    const key = `rk_test_${randomUUID()}`;
    if (permissions) await changeKey('POST', key, permissions);

    const { code, errors, output } = await rotate(key);

    expect([code, errors]).toEqual([1, expect.stringMatching(message)]);
    expect(`${errors}${output}`).not.toContain(key);
    expect(await readSecret(secretId)).toBe(oldSecret);
    const records = await recordsEachWay(1);
    await Promise.all(records.map(announce));
    await deliveryTimes(records);
    await expectOneOfEach(records);
  },
);

it('a failed rotation is counted for its alarm, and tells no key', async () => {
  const key = `rk_test_${randomUUID()}`;

  await rotate(key);

  const { code } = await logEntry({ message: 'rotation failed', operation: 'testSecret' });
  expect(code).toMatch(/ at stripe\./);
  expect(logEntries({ RotationFailed: 1 }).length).toBeGreaterThan(0);
  expect(JSON.stringify(logEntries({ message: 'rotation failed' }))).not.toContain(key);
});

it('a good one comes into force without a gap; given twice nothing breaks, and the old key can be ended', async () => {
  const key = `rk_test_${randomUUID()}`;
  await changeKey('POST', key, enough);
  const records = await recordsEachWay(4);

  const once = await rotate(key);
  const again = await rotate(key);
  expect(await readSecret(secretId)).toBe(JSON.stringify({ apiKey: key, url }));
  const calls = await watchCalls();
  await changeKey('DELETE', oldKey);
  const events = await Promise.all(records.map(announce));
  await deliveryTimes(records);
  const refused = (await calls('stripe')).filter(({ status }) => status === 401);
  await changeKey('POST', oldKey);

  const done = { code: 0, errors: '', output: expect.stringContaining('The new credentials of stripe are in force') };
  expect([once, again]).toEqual([done, done]);
  // A function that has read the old key is refused once, and reads the new one.
  expect(refused.length).toBeLessThanOrEqual(2 * records.length);
  for (const eventId of events) expect(logEntries({ message: 'attempt failed', eventId })).toEqual([]);
  await expectOneOfEach(records);
});

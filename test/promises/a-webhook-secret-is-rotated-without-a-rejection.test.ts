import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, expect, inject, it } from 'vitest';
import { aws } from '../support/clients.ts';
import { postSigned } from '../support/post-signed.ts';
import { request } from '../support/request.ts';
import { waitFor } from '../support/wait-for.ts';
import { restartFunction } from './support/functions.ts';
import { somebodyWith } from './support/iam.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { millraceOf } from './support/millrace.ts';
import { functionOf, secretOf, sources } from './support/names.ts';
import { aPerson, asAccount } from './support/people.ts';
import { openScene } from './support/scene.ts';
import { customerOf } from './support/systems.ts';
import { readSecret } from './support/tokens.ts';

const { salesforce } = await openScene();

const { folder, webhooks, systems } = inject('pipeline');
const secretId = secretOf('salesforce', 'webhook');
const oldSecret = readFileSync(webhooks[sources.salesforce]!.secretFile, 'utf8');
const viewer = await somebodyWith('ViewerPolicyArn');
const operator = await somebodyWith('OperatorPolicyArn');

afterAll(async () => {
  await viewer.leave();
  await operator.leave();
  await aws.secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: oldSecret }));
  await restartFunction(functionOf('receive-webhook', 'salesforce'));
  await giveToSalesforce(oldSecret);
});

/** As people set it in the org. */
async function giveToSalesforce(secret: string): Promise<void> {
  const answer = await request(`${systems.salesforce.url}/_signing-secret`, { body: secret });
  expect(answer.status).toBe(200);
}

const outFile = () => join(folder, `${randomUUID()}.secret`);

/** What a callout that nobody wants is answered, signed with a secret. */
async function post(secret: string) {
  const event = { id: randomUUID(), object: 'Contact', changeType: 'UPDATE', recordId: '003bn000000000001A' };
  const correlationId = randomUUID();
  const options = { secret, headers: { 'x-correlation-id': correlationId } };
  return { correlationId, status: (await postSigned(sources.salesforce, event, options)).status };
}

/** Posts one request after the other by whatever secret it is told, until it is stopped; resolves to the answers. */
function keepPosting(secretOfNext: () => string) {
  let stopped = false;
  const statuses: number[] = [];
  const ended = (async () => {
    while (!stopped) statuses.push((await post(secretOfNext())).status);
    return statuses;
  })();
  const stop = () => {
    stopped = true;
    return ended;
  };
  return { statuses, stop };
}

it('signed traffic through a whole rotation, among forgeries: no good request is rejected, from either secret', async () => {
  const file = outFile();
  let signs = oldSecret;
  const forger = keepPosting(() => randomBytes(32).toString('hex'));
  const senders = [keepPosting(() => signs), keepPosting(() => signs)];

  const rotation = await millraceOf(operator.credentials, 'rotate', 'salesforce', '--out', file);
  expect([rotation.code, rotation.errors]).toEqual([0, '']);
  const newSecret = readFileSync(file, 'utf8');
  const { current, previous, previousValidUntil } = JSON.parse(await readSecret(secretId));
  // The source has it from now on; what it sent before comes again, signed as it was.
  signs = newSecret;
  await giveToSalesforce(newSecret);
  const late = keepPosting(() => oldSecret);
  const [before] = senders.map(({ statuses }) => statuses.length);
  await waitFor(() => senders.every(({ statuses }) => statuses.length > (before ?? 0) + 50), { timeoutMs: 20_000 });
  const again = await millraceOf(operator.credentials, 'rotate', 'salesforce', '--out', `${file}.again`);
  expect(Date.now()).toBeLessThan(Date.parse(previousValidUntil));
  const good = [await late.stop(), ...(await Promise.all(senders.map(({ stop }) => stop())))].flat();
  const forged = await forger.stop();

  expect([current, previous]).toEqual([newSecret, oldSecret]);
  expect(newSecret).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(good.filter((status) => status !== 202)).toEqual([]);
  expect(forged.filter((status) => status !== 401)).toEqual([]);
  expect(Math.min(good.length, forged.length)).toBeGreaterThan(150);
  // Given again, the command hands out the same one.
  expect([again.code, readFileSync(`${file}.again`, 'utf8')]).toEqual([0, newSecret]);
  for (const { output } of [rotation, again]) expect(output).not.toContain(newSecret);

  await waitFor(() => Date.now() > Date.parse(previousValidUntil), { timeoutMs: 30_000, everyMs: 250 });
  const counted = () => logEntries({ EndedSecretUsed: 1 }).length;
  const countedBefore = counted();
  const [ended, live] = [await post(oldSecret), await post(newSecret)];
  expect([ended.status, live.status]).toEqual([401, 202]);
  const refused = { message: 'signature rejected', correlationId: ended.correlationId };
  expect(await logEntry(refused)).toMatchObject({ reason: 'secret-ended' });
  await waitFor(() => counted() === countedBefore + 1);
  const { id } = await salesforce.sobject('Account').create(asAccount(aPerson()));
  await customerOf(salesforce, String(id));
}, 90_000);

it('a rotation that fails its test step leaves the secret in force, is counted for its alarm, and tells no secret', async () => {
  const held = await readSecret(secretId);
  const weak = 'a-guessable-secret';
  const version = randomUUID();
  const FunctionName = functionOf('rotate-webhook-secret', 'salesforce');
  const VersionStages = ['AWSPENDING'];
  await aws.secrets.send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: weak, ClientRequestToken: version, VersionStages }),
  );

  const failures: string[] = [];
  for (const Step of ['testSecret', 'finishSecret']) {
    const Payload = JSON.stringify({ SecretId: secretId, ClientRequestToken: version, Step });
    const answer = await aws.lambda.send(new InvokeCommand({ FunctionName, Payload }));
    failures.push(new TextDecoder().decode(answer.Payload));
  }

  for (const failure of failures) expect(failure).toContain('The new value is not in force: malformed.');
  expect(await readSecret(secretId)).toBe(held);
  expect((await post(JSON.parse(held).current)).status).toBe(202);
  const line = { message: 'rotation failed', system: 'salesforce', operation: 'testSecret' };
  expect(await logEntry(line)).toMatchObject({ code: 'malformed' });
  expect(logEntries({ RotationFailed: 1, service: 'salesforce-stripe/salesforce' }).length).toBeGreaterThan(0);
  expect(JSON.stringify(logEntries({ message: 'rotation failed' }))).not.toContain(weak);
});

it('a viewer may rotate nothing', async () => {
  const held = await readSecret(secretId);

  const key = join(folder, `${randomUUID()}.json`);
  await writeFile(key, '{"apiKey":"rk_test_none","url":"http://127.0.0.1:9"}');

  const ended = [
    await millraceOf(viewer.credentials, 'rotate', 'salesforce', '--out', outFile()),
    await millraceOf(viewer.credentials, 'rotate', 'stripe', '--secret-file', key),
  ];

  for (const { code, errors } of ended) {
    expect([code, errors]).toEqual([1, expect.stringMatching(/not authorized to perform: \w+:\w+.* Ask for that/)]);
  }
  expect(await readSecret(secretId)).toBe(held);
});

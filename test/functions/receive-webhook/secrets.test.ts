import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test, vi } from 'vitest';
import { createSecretReader } from '../../../functions/aws/secret-reader.ts';
import { createReceiver } from './receiver.ts';
import { customerEvent, fromStripe, startMs, webhookSecret } from './samples.ts';

const seconds = 1000;
const minutes = 60 * seconds;

describe('a receiver whose Secrets Manager', () => {
  test('is down answers 503 as long as it has never read the secret, then 202', async () => {
    const { receiver, vault } = createSetup();
    vault.value = new Error('down');

    const before = await receiver.post(fromStripe(customerEvent()));
    vault.value = webhookSecret;
    const after = await receiver.post(fromStripe(customerEvent()));

    expect(before).toMatchObject({ statusCode: 503, headers: { 'retry-after': '10' } });
    expect(after.statusCode).toBe(202);
  });

  test('goes down later serves with the secret it has', async () => {
    const { receiver, vault, postAt } = createSetup();
    await receiver.post(fromStripe(customerEvent()));
    vault.value = new Error('down');

    const answers = [await postAt(6 * minutes), await postAt(60 * minutes)];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    expect(vault.reads()).toBe(3);
  });

  test('goes down later still refuses what that secret did not sign', async () => {
    const { receiver, vault, postAt } = createSetup();
    await receiver.post(fromStripe(customerEvent()));
    vault.value = new Error('down');

    const answer = await postAt(6 * minutes, 'wrong');

    expect(answer.statusCode).toBe(401);
  });

  test.each([
    { title: 'no value yet', value: new ResourceNotFoundException({ message: 'no value', $metadata: {} }) },
    { title: 'an empty value', value: '' },
    { title: 'a blank value', value: '\n' },
    { title: 'a value of another form', value: '{"secret":"x"}' },
  ])('has $title answers 503, also to what an empty secret signed', async ({ value }) => {
    const { receiver, vault } = createSetup();
    vault.value = value;

    const answers = [
      await receiver.post(fromStripe(customerEvent())),
      await receiver.post(fromStripe(customerEvent(), { secret: '' })),
      await receiver.post(fromStripe(customerEvent(), { secret: String(value) })),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503]);
    expect(receiver.queued).toEqual([]);
  });

  test('has no value yet is asked again at once, since an operator is about to fill it', async () => {
    const { receiver, vault } = createSetup();
    vault.value = new ResourceNotFoundException({ message: 'no value', $metadata: {} });
    await receiver.post(fromStripe(customerEvent()));
    vault.value = webhookSecret;

    const answer = await receiver.post(fromStripe(customerEvent()));

    expect(answer.statusCode).toBe(202);
  });
});

describe('reads of the secret', () => {
  test('at the same time are one', async () => {
    const { receiver, vault } = createSetup();

    const answers = await Promise.all(Array.from({ length: 20 }, () => receiver.post(fromStripe(customerEvent()))));

    expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(20);
    expect(vault.reads()).toBe(1);
  });

  test('that fail at the same time are one, and each request is told', async () => {
    const { receiver, vault } = createSetup();
    vault.value = new Error('down');

    const answers = await Promise.all(Array.from({ length: 20 }, () => receiver.post(fromStripe(customerEvent()))));

    expect(answers.filter(({ statusCode }) => statusCode === 503)).toHaveLength(20);
    expect(vault.reads()).toBe(1);
  });

  test('are not repeated for good signatures within five minutes', async () => {
    const { vault, postAt } = createSetup();

    for (const second of [0, 60, 120, 299]) await postAt(second * seconds);

    expect(vault.reads()).toBe(1);
  });

  test('are at most one in 30 s, however many forgeries come', async () => {
    const { vault, postAt } = createSetup();

    for (let second = 0; second < 300; second += 1) await postAt(second * seconds, 'wrong');

    expect(vault.reads()).toBe(10);
  });

  test('for forgeries at the same time are one', async () => {
    const { receiver, vault, postAt } = createSetup();
    await postAt(0);
    receiver.clock.nowMs = startMs + 31 * seconds;

    const forgery = fromStripe(customerEvent(), { secret: 'wrong' });
    await Promise.all(Array.from({ length: 50 }, () => receiver.post(forgery)));

    expect(vault.reads()).toBe(2);
  });

  test('are not caused by requests that no secret could make good', async () => {
    const { receiver, vault, postAt } = createSetup();
    await postAt(0);
    receiver.clock.nowMs = startMs + 60 * seconds;

    await receiver.post({ ...fromStripe(customerEvent()), headers: {} });
    await receiver.post(fromStripe(customerEvent(), { atMs: startMs - 60 * minutes }));

    expect(vault.reads()).toBe(1);
  });
});

describe('a rotated secret', () => {
  test('is picked up by the first signature it makes, 30 s after the last read at the earliest', async () => {
    const { receiver, vault, postAt } = createSetup();
    await postAt(0);
    vault.value = 'whsec_new';

    const answers = [await postAt(29 * seconds, 'whsec_new'), await postAt(30 * seconds, 'whsec_new')];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 202]);
    expect(receiver.counted.filter((metric) => metric === 'SignatureRejected')).toHaveLength(1);
  });

  test('is picked up within five minutes where nothing fails, and the old one is refused', async () => {
    const { vault, postAt } = createSetup();
    await postAt(0);
    vault.value = 'whsec_new';

    const answers = [await postAt(299 * seconds), await postAt(300 * seconds)];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 401]);
  });

  test('leaves the old one valid until its overlap ends', async () => {
    const { vault, postAt } = createSetup();
    const previousValidUntil = new Date(startMs + 10 * minutes).toISOString();
    vault.value = JSON.stringify({ current: 'whsec_new', previous: webhookSecret, previousValidUntil });

    const byOld = [await postAt(0), await postAt(10 * minutes - 1), await postAt(10 * minutes)];
    const byNew = [await postAt(10 * minutes, 'whsec_new')];

    expect([...byOld, ...byNew].map(({ statusCode }) => statusCode)).toEqual([202, 202, 401, 202]);
  });

  test('that is of another kind than Stripe signs with answers 503, and says so, while the old one goes on', async () => {
    const { receiver, vault, postAt } = createSetup();
    const previousValidUntil = new Date(startMs + 10 * minutes).toISOString();
    vault.value = JSON.stringify({ current: 'sk_live_1', previous: webhookSecret, previousValidUntil });

    const answers = [await postAt(0), await postAt(0, 'whsec_new'), await postAt(10 * minutes)];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 503, 503]);
    expect(receiver.lines.at(-1)?.fields.reason).toMatch(/^webhook secret is malformed: it is an API key/);
    expect(JSON.stringify(receiver.lines)).not.toContain('sk_live_1');
  });

  test('does no harm where the one that it replaces was of another kind', async () => {
    const { vault, postAt } = createSetup();
    const previousValidUntil = new Date(startMs + 10 * minutes).toISOString();
    vault.value = JSON.stringify({ current: 'whsec_new', previous: 'sk_live_1', previousValidUntil });

    const answers = [await postAt(0, 'whsec_new'), await postAt(0, 'wrong')];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 401]);
  });
});

/** The receiver over the real secret reader; `vault.value` is what Secrets Manager answers. */
function createSetup() {
  const vault = { value: webhookSecret as string | Error, reads: () => send.mock.calls.length };
  const send = vi.fn(async () => {
    if (vault.value instanceof Error) throw vault.value;
    return { SecretString: vault.value };
  });
  const client = new SecretsManagerClient({ region: 'eu-central-1' });
  client.send = send as unknown as typeof client.send;
  const secret = createSecretReader(
    client,
    'millrace-test/salesforce-stripe/stripe/webhook',
    () => receiver.clock.nowMs,
  );
  const receiver: ReturnType<typeof createReceiver> = createReceiver({ secret });
  const postAt = (afterMs: number, by = webhookSecret) => {
    receiver.clock.nowMs = startMs + afterMs;
    return receiver.post(fromStripe(customerEvent(), { secret: by, atMs: startMs + afterMs }));
  };
  return { receiver, vault, postAt };
}

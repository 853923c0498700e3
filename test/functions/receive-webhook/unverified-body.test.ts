import { describe, expect, test } from 'vitest';
import { createReceiver, noteReads, secretOf } from './receiver.ts';
import { customerEvent, fromStripe, startMs } from './samples.ts';

const wanted = () => fromStripe(customerEvent());
const forged = () => fromStripe(customerEvent(), { secret: 'wrong' });
const tooLarge = () => fromStripe(customerEvent({}, { description: 'x'.repeat(1024 * 1024) }));
const failing = async () => Promise.reject(new Error('no secret'));

describe('the limit of 1 MiB', () => {
  const limit = 1024 * 1024;

  test.each([
    { bytes: limit, status: 202 },
    { bytes: limit + 1, status: 413 },
  ])('answers $status to $bytes bytes', async ({ bytes, status }) => {
    const receiver = createReceiver();
    const bare = JSON.stringify(customerEvent({}, { description: '' }));
    // Counted in bytes: a body of as many characters is already too large.
    const filled = customerEvent({}, { description: 'x'.repeat(bytes - Buffer.byteLength(bare)) });

    const answer = await receiver.post(fromStripe(filled));

    expect(answer.statusCode).toBe(status);
  });

  test('gives way to the limit of the source', async () => {
    const { webhook } = noteReads();
    const receiver = createReceiver({ webhook: { ...webhook, maxBodyBytes: 100 } });

    const answer = await receiver.post(wanted());

    expect(answer.statusCode).toBe(413);
  });
});

describe('the reader of a body', () => {
  test('is reached by one that is verified', async () => {
    const { webhook, bodies } = noteReads();
    const request = wanted();

    await createReceiver({ webhook }).post(request);

    expect(bodies).toEqual([request.body]);
  });

  test.each([
    { title: 'forged', request: forged() },
    { title: 'unsigned', request: { ...wanted(), headers: {} } },
    { title: 'too old', request: fromStripe(customerEvent(), { atMs: startMs - 301_000 }) },
    { title: 'too large', request: tooLarge() },
  ])('is never reached by one that is $title', async ({ request }) => {
    const { webhook, bodies } = noteReads();

    await createReceiver({ webhook }).post(request);

    expect(bodies).toEqual([]);
  });

  test.each([
    { title: 'empty', secret: secretOf(undefined) },
    { title: 'unreadable', secret: { read: failing, reread: failing } },
    { title: 'blank', secret: secretOf(' \n') },
  ])('is never reached while the secret is $title', async ({ secret }) => {
    const { webhook, bodies } = noteReads();

    await createReceiver({ webhook, secret }).post(wanted());

    expect(bodies).toEqual([]);
  });
});

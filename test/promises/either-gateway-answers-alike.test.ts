import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type PostOptions, postSigned } from '../support/post-signed.ts';
import { request } from '../support/request.ts';
import { holdsFor, waitFor } from '../support/wait-for.ts';
import { logEntries } from './support/logs.ts';
import { sources } from './support/names.ts';
import { type OtherDoor, openOtherDoor } from './support/other-door.ts';
import { aPerson, asCustomer } from './support/people.ts';
import { asEcho, callsTo, createdEvent, linkOf, stripeClient } from './support/systems.ts';

const { webhooks, caFile } = inject('pipeline');
const stripe = stripeClient();
let other: OtherDoor;

beforeAll(async () => {
  other = await openOtherDoor();
});

afterAll(() => other?.remove());

const urlsOf = (source: string) => [webhooks[source]!.url, other.urlOf(source)];

/** What a sender hears, and what the log says of it, but for what is new each time. */
async function answerAt(url: string, source: string, content: unknown, options: PostOptions) {
  const correlationId = randomUUID();
  const headers = { 'x-correlation-id': correlationId, ...options.headers };
  const { status, headers: answered, body } = await postSigned(source, content, { ...options, url, headers });
  expect(answered['x-correlation-id']).toBe(correlationId);
  const [line] = await waitFor(() => {
    const found = logEntries({ correlationId });
    return found.length > 0 && found;
  });
  return {
    status,
    type: answered['content-type'],
    body: body.replaceAll(correlationId, 'ID'),
    logged: [line?.message, line?.reason, line?.bytes],
  };
}

/** The one answer that both gateways give. */
async function answerOf(source: string, content: unknown, options: PostOptions = {}) {
  const [here, there] = urlsOf(source).map((url) => answerAt(url, source, content, options));
  const [one, second] = [await here!, await there!];
  expect(second).toEqual(one);
  return one;
}

const unwanted = () => ({ id: `evt_${randomUUID()}`, type: 'invoice.paid', data: { object: { id: 'in_1' } } });
const anEcho = () => ({ ...unwanted(), request: { id: 'req_1', idempotency_key: 'millrace:1' } });
const text = () => JSON.stringify(unwanted());
const now = () => Math.floor(Date.now() / 1000);

const gzipped = { headers: { 'content-type': 'application/gzip' } };
const rejected = { type: 'about:blank', title: 'The signature is not valid', status: 401, correlationId: 'ID' };

it.each(Object.values(sources))('what is refused from %s, by both in the same words', async (source) => {
  const refused: Record<string, [number, unknown, PostOptions?]> = {
    'a body over 1 MiB': [413, 'x'.repeat(1024 * 1024 + 1)],
    'a body of exactly 1 MiB, no event': [400, 'x'.repeat(1024 * 1024)],
    'text of several bytes a character, no event': [400, '{"name": "Zoë 東京 😀"'],
    'bytes that are no text, no event': [400, gzipSync('{}'), gzipped],
    'another body': [401, text(), { sentBody: `${text()} ` }],
    'another secret': [401, text(), { secret: 'wrong' }],
    'an old time': [401, text(), { seconds: now() - 3600 }],
    'a future time': [401, text(), { seconds: now() + 3600 }],
  };

  const answers = await Promise.all(
    Object.entries(refused).map(async ([title, [, content, options]]) => ({
      title,
      answer: await answerOf(source, content, options),
    })),
  );

  const statuses = answers.map(({ title, answer }) => [title, answer.status]);
  expect(Object.fromEntries(statuses)).toEqual(Object.fromEntries(Object.entries(refused).map(([k, [v]]) => [k, v])));
  for (const { title, answer } of answers.filter(({ answer: { status } }) => status === 401)) {
    expect(JSON.parse(answer.body), title).toEqual(rejected);
  }
});

it('what is taken from Stripe, by both in the same words: a type that no flow wants, and an echo', async () => {
  const answers = await Promise.all([answerOf(sources.stripe, unwanted()), answerOf(sources.stripe, anEcho())]);

  expect(answers.map(({ status, logged: [message] }) => [status, message])).toEqual([
    [202, 'event ignored'],
    [202, 'echo dropped'],
  ]);
});

it.each(['salesforce-stripe/unknown', 'unknown/stripe'])(
  '404 and nothing else by both: %s is no source',
  async (source) => {
    const urls = [webhooks[sources.stripe]!.url.replace(sources.stripe, source), other.urlOf(source)];

    const answers = await Promise.all(urls.map((url) => request(url, { body: '{"secret":"tell-nobody"}', caFile })));

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(answers.map(({ body }) => JSON.parse(body))).toEqual([{ message: 'Not Found' }, { message: 'Not Found' }]);
  },
);

it('one event through both, many times at once: 202 each time, and one effect', async () => {
  const customer = await stripe.customers.create(asCustomer(aPerson()), asEcho());
  const { request: _, ...event } = await createdEvent(stripe, customer.id);
  const repeated = { ...event, id: `evt_${randomUUID()}` };

  const posts = Array.from({ length: 10 }, () => urlsOf(sources.stripe)).flat();
  const answers = await Promise.all(posts.map((url) => postSigned(sources.stripe, repeated, { url })));

  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
  await linkOf(stripe, customer.id);
  const writes = async () =>
    (await callsTo('salesforce')).filter(({ method, path }) => method !== 'GET' && path.includes(customer.id));
  await holdsFor(async () => (await writes()).length === 1, 2_000, 'one write to Salesforce');
});

it("a REST API hands over gzip that is sent as JSON untouched (the emulator's HTTP API alters it)", async () => {
  const url = other.gateway === 'rest' ? other.urlOf(sources.stripe) : webhooks[sources.stripe]!.url;

  const answer = await answerAt(url, sources.stripe, gzipSync(text()), {});

  // Authentic, that is: every byte is as it was signed.
  expect(answer).toMatchObject({ status: 400, logged: ['event unreadable', expect.anything(), undefined] });
});

import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { postSigned } from '../support/post-signed.ts';
import { request } from '../support/request.ts';
import { waitFor } from '../support/wait-for.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { sources } from './support/names.ts';
import { aPerson, asCustomer } from './support/people.ts';

const { webhooks, caFile } = inject('pipeline');

/** Posts a signed body; resolves to the answer, and to what the log says about it. */
async function post(source: string, content: unknown) {
  const correlationId = randomUUID();
  const { status, headers, body } = await postSigned(source, content, {
    headers: { 'x-correlation-id': correlationId },
  });
  expect(headers['x-correlation-id']).toBe(correlationId);
  const [line] = await waitFor(() => {
    const found = logEntries({ correlationId });
    return found.length > 0 && found;
  });
  return { status, type: headers['content-type'], content: JSON.parse(body), line };
}

/** Waits for a metric's line of now, of the source named. */
function metric(name: string, source: string, since: number) {
  return waitFor(
    () =>
      logEntries({ service: source, [name]: 1 }).find(({ _aws }) => (_aws as { Timestamp: number }).Timestamp >= since),
    { what: `the metric ${name} of ${source}` },
  );
}

it.each(['salesforce-stripe/unknown', 'unknown/stripe'])('404: %s is no source', async (source) => {
  const url = webhooks[sources.stripe]!.url.replace(sources.stripe, source);
  const { status } = await request(url, { body: '{}', caFile });
  expect(status).toBe(404);
});

it.each(Object.values(sources))('413, logged and counted: a body of more than 1 MiB from %s', async (source) => {
  const since = Date.now();
  const description = 'x'.repeat(1024 * 1024);
  const { status, type, line } = await post(source, { id: 'evt_1', ...asCustomer(aPerson()), description });
  expect({ status, type }).toEqual({ status: 413, type: 'application/problem+json' });
  expect(line).toMatchObject({ message: 'webhook too large', bytes: expect.any(Number) });
  await metric('WebhookTooLarge', source, since);
});

it.each(Object.values(sources))(
  '400, logged and counted: an authentic body from %s that is no event',
  async (source) => {
    const since = Date.now();
    const { status, type, content, line } = await post(source, `{"name": "${aPerson().name}", `);
    expect({ status, type }).toEqual({ status: 400, type: 'application/problem+json' });
    expect(content).toMatchObject({ title: 'The body is not an event', status: 400 });
    expect(line).toMatchObject({ message: 'event unreadable' });
    await metric('EventUnreadable', source, since);
  },
);

it.each([
  [sources.stripe, { id: `evt_${randomUUID()}`, type: 'invoice.paid', data: { object: { id: 'in_1' } } }],
  [sources.salesforce, { id: randomUUID(), object: 'Account', changeType: 'DELETE', recordId: '001bn000000000001A' }],
])('202, logged and counted as ignored: a type of %s that no flow wants', async (source, event) => {
  const since = Date.now();
  const { status, line } = await post(source, event);
  expect(status).toBe(202);
  expect(line).toMatchObject({ message: 'event ignored', eventId: event.id });
  await metric('EventIgnored', source, since);
});

it.each([
  [
    sources.stripe,
    {
      id: `evt_${randomUUID()}`,
      type: 'customer.updated',
      request: { id: 'req_1', idempotency_key: 'millrace:1' },
      data: { object: { id: 'cus_echo', object: 'customer' } },
    },
  ],
  [
    sources.salesforce,
    { id: randomUUID(), object: 'Account', changeType: 'UPDATE', recordId: '001bn000000000001A', origin: 'millrace' },
  ],
])('202, logged and counted as an echo: what our own write to %s caused', async (source, event) => {
  const since = Date.now();
  const { status, line } = await post(source, event);
  expect(status).toBe(202);
  expect(line).toMatchObject({ message: 'echo dropped', eventId: event.id });
  await metric('EchoDropped', source, since);
});

it('202, and the correlation id of the answer is on every line: an event that a flow wants', async () => {
  const traceId = randomUUID().replaceAll('-', '');
  const event = {
    id: `evt_${randomUUID()}`,
    type: 'customer.updated',
    data: { object: { id: 'cus_nobody', object: 'customer' } },
  };

  const { status, body } = await postSigned(sources.stripe, event, {
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });

  expect(status).toBe(202);
  expect(JSON.parse(body)).toEqual({ status: 'accepted', correlationId: traceId });
  await logEntry({ message: 'event queued', eventId: event.id, correlationId: traceId });
  // Stripe knows no such customer: the event ends as a dead letter.
  await logEntry({ message: 'event dead-lettered', eventId: event.id, correlationId: traceId });
});

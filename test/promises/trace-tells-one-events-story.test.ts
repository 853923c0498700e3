import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { announce, deliveryTimes, unannouncedCustomers } from './support/events.ts';
import { openedBreaker } from './support/health.ts';
import { logEntry } from './support/logs.ts';
import { millrace } from './support/millrace.ts';
import { parked } from './support/parked.ts';
import { flows } from './support/queues.ts';
import { openScene } from './support/scene.ts';
import { accountOf, clearFaults, setFault } from './support/systems.ts';

const { salesforce } = await openScene();

/** What scripts are told of the only event that an id names, in the flow from Stripe. */
async function traced(id: string) {
  const { code, output, errors } = await millrace('trace', id, '--since', '1h', '--json');
  expect([code, errors]).toEqual([0, '']);
  const { events } = JSON.parse(output);
  const event = events.find((each: { flows: unknown[] }) => each.flows.length > 0);
  return { ...event, ...event.flows.find(({ flow }: { flow: string }) => flow === flows.fromStripe) };
}

const messagesOf = ({ steps }: { steps: { message: string | null }[] }) => steps.map(({ message }) => message);

it('of an event that met an outage: attempts, the breaker, waits, the write, and both ids', async () => {
  const records = await unannouncedCustomers(1);
  const [customer] = records;
  await setFault('salesforce', { fault: 'down' });
  const eventId = await announce(customer!);
  await openedBreaker('salesforce');
  await logEntry({ message: 'breaker opened' });
  const waiting = await traced(eventId);
  await clearFaults();
  await deliveryTimes(records);
  await logEntry({ message: 'event delivered', eventId });
  await logEntry({ message: 'breaker closed' });

  const story = await millrace('trace', eventId);
  const told = await traced(eventId);

  expect(waiting).toMatchObject({
    state: 'queued',
    verdict: expect.stringMatching(/^Waits: salesforce has not answered/),
  });
  const messages = messagesOf(told);
  expect(messages[0]).toBe('event queued');
  expect(messages.at(-1)).toBe('event delivered');
  expect(messages.slice(1, -1)).toEqual(expect.arrayContaining(['attempt failed', 'breaker opened', 'breaker closed']));
  const times = told.steps.map(({ at }: { at: string }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((one: number, other: number) => one - other));
  const { Id: accountId } = await accountOf(salesforce, customer!.id);
  expect(told).toMatchObject({ key: customer!.id, destinationId: accountId, state: 'delivered' });
  expect(story.output).toMatch(new RegExp(`Delivered to ${accountId}, which it created, \\d.* at attempt \\d\\.`));
  for (const id of [customer!.id, told.correlationId]) expect((await traced(id)).event).toBe(eventId);
});

it('of an event that was parked and released: why, and what to type; and later that it was delivered', async () => {
  const records = await unannouncedCustomers(1);
  await setFault('salesforce', { fault: 'no-such-field', operation: 'upsert', record: records[0]!.id });
  const eventId = await announce(records[0]!);
  await parked(eventId);
  await logEntry({ message: 'event dead-lettered', eventId });
  await clearFaults();

  const before = await traced(eventId);
  const [, typed = ''] = /`millrace (.*)`/.exec(before.verdict) ?? [];
  const released = await millrace(...typed.split(' '));
  await deliveryTimes(records);
  await parked(eventId, 'delivered');
  await logEntry({ message: 'event delivered', eventId });
  const after = await traced(eventId);

  expect(before).toMatchObject({ state: 'parked', verdict: expect.stringContaining('permanent failure') });
  expect([typed, released.code]).toEqual([`parked release ${eventId}`, 0]);
  expect(after.state).toBe('delivered');
  expect(after.steps.map(({ told }: { told: string }) => told)).toContain('released, by an operator');
});

it('of an id that nobody has: the nearest that came of late', async () => {
  const records = await unannouncedCustomers(1);
  const eventId = await announce(records[0]!);
  await deliveryTimes(records);
  await logEntry({ message: 'event queued', eventId });

  const wrong = await millrace('trace', `${eventId.slice(0, -1)}x`);
  const never = await millrace('trace', randomUUID(), '--since', '1min');

  expect([wrong.code, wrong.errors]).toEqual([3, expect.stringContaining(`Did you mean '${eventId}'`)]);
  expect(never.code).toBe(3);
});

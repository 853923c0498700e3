import { expect, it } from 'vitest';
import { announce, type Unannounced, unannouncedAccounts, unannouncedCustomers } from './support/events.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { flows } from './support/queues.ts';
import { openScene } from './support/scene.ts';
import { type Call, callsTo, customerOf, linkOf, setFault } from './support/systems.ts';

const { stripe, salesforce } = await openScene({ sideBySide: true });

/** Seconds from a throttled call to the next one of those given. */
function secondsAfterThrottled(calls: readonly Call[]): number {
  const throttled = calls.findIndex(({ status }) => status === 429);
  return (Date.parse(calls[throttled + 1]!.time) - Date.parse(calls[throttled]!.time)) / 1000;
}

/** The event was deferred once, without an attempt. */
async function expectDeferred(subject: string, waitSeconds: number): Promise<void> {
  await logEntry({ message: 'event delivered', subject });
  const deferred = logEntries({ message: 'delivery deferred', subject });
  expect(deferred).toEqual([expect.objectContaining({ category: 'busy', status: 429, waitSeconds, attempts: 0 })]);
  expect(logEntries({ message: 'attempt failed', subject })).toEqual([]);
}

it.concurrent('Salesforce: not asked again for the record before its Retry-After is over, and no attempt is counted', async () => {
  const [{ id }] = (await unannouncedCustomers(1)) as [Unannounced];
  await setFault('salesforce', { fault: 'throttle', retryAfter: 4, times: 1, record: id });

  await announce({ id, flow: flows.fromStripe });

  await linkOf(stripe, id);
  const calls = (await callsTo('salesforce')).filter(({ path }) => path.includes(id));
  expect(calls.map(({ method, status }) => [method, status])).toEqual([
    ['PATCH', 429],
    ['PATCH', 201],
  ]);
  expect(secondsAfterThrottled(calls)).toBeGreaterThanOrEqual(4);
  await expectDeferred(id, 4);
});

it.concurrent('Stripe: not asked again for the record before its Retry-After is over, and no attempt is counted', async () => {
  const [{ id }] = (await unannouncedAccounts(1)) as [Unannounced];
  await setFault('stripe', { fault: 'throttle', retryAfter: 3, times: 1, record: id });

  await announce({ id, flow: flows.fromSalesforce });

  await customerOf(salesforce, id);
  const creates = (await callsTo('stripe')).filter(({ method, path }) => method === 'POST' && path === '/v1/customers');
  // What was refused was not made: nobody has to look for it, it is made.
  expect(creates.slice(-2).map(({ status }) => status)).toEqual([429, 200]);
  expect(secondsAfterThrottled(creates.slice(-2))).toBeGreaterThanOrEqual(3);
  await expectDeferred(id, 3);
});

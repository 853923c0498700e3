import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { holdsFor, waitFor } from '../support/wait-for.ts';
import { announce, deliveryTimes, unannouncedAccounts, unannouncedCustomers } from './support/events.ts';
import { millrace } from './support/millrace.ts';
import { policiesOf } from './support/policies.ts';
import { flows, queueDepth } from './support/queues.ts';
import { expectOneOfEach, openScene } from './support/scene.ts';
import { countCalls } from './support/systems.ts';

const { hold, breaker } = await policiesOf(flows.fromStripe);

await openScene();

/** Types `millrace pause` or `resume` for the tests' pipeline; resolves to what it prints. */
async function run(command: 'pause' | 'resume', name: string): Promise<string> {
  const { code, output, errors } = await millrace(command, name);
  expect([code, errors]).toEqual([0, '']);
  return output;
}

// Neither may outlive its test.
afterEach(async () => {
  await run('resume', 'stripe');
  await run('resume', flows.fromStripe);
});

it('paused, a flow or a system has no call made; resumed, what waited is delivered, and nothing else changes', async () => {
  const [customers, accounts] = [await unannouncedCustomers(2), await unannouncedAccounts(2)];

  expect(await run('pause', flows.fromStripe)).toMatch(/-> +.*stripe-customer-to-account.*runs.*paused/);
  expect(await run('pause', 'stripe')).toMatch(/-> +.*stripe .*system.*runs.*paused since/);
  await setTimeout(breaker.cacheMs);
  const calls = await countCalls();
  await Promise.all([...customers, ...accounts].map(announce));
  // Accounts are still read: it is Stripe that is not called.
  await waitFor(async () => (await countCalls()) >= calls + accounts.length);
  const depths = async () => [await queueDepth(flows.fromStripe), await queueDepth(flows.fromSalesforce)];
  await holdsFor(async () => (await depths()).every((depth) => depth === 2), hold.waitMs + 500, 'everything waits');

  const resumed = Date.now();
  expect(await run('resume', 'stripe')).toMatch(/-> +.*stripe .*paused since.*runs/);
  const times = await deliveryTimes(accounts);
  expect(Math.max(...times) - resumed).toBeLessThan(hold.waitMs + breaker.cacheMs + 3_000);
  expect(await queueDepth(flows.fromStripe)).toBe(2);

  expect(await run('resume', flows.fromStripe)).toMatch(/-> +.*stripe-customer-to-account.*paused.*runs/);
  await deliveryTimes(customers);
  expect(await run('resume', flows.fromStripe)).not.toContain('->');
  await expectOneOfEach([...customers, ...accounts]);
});

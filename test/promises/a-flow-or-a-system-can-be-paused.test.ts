import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, expect, inject, it, vi } from 'vitest';
import { pauseCommand } from '../../bin/commands/pause.ts';
import { resumeCommand } from '../../bin/commands/resume.ts';
import { type SwitchCommand, switchPart } from '../../bin/switch-part.ts';
import { awsClients } from '../support/clients.ts';
import { holdsFor, waitFor } from '../support/wait-for.ts';
import {
  announce,
  atRest,
  deliveryTimes,
  expectNoneParked,
  expectOneRecordEach,
  unannouncedAccounts,
  unannouncedCustomers,
} from './support/events.ts';
import { policiesOf } from './support/policies.ts';
import { flows, queueDepth } from './support/queues.ts';
import { countCalls, salesforceClient, stripeClient, warmUp } from './support/systems.ts';

const { lambda, sqs } = awsClients();
const { hold, breaker } = await policiesOf(lambda, flows.fromStripe);

beforeAll(async () => warmUp(stripeClient(), await salesforceClient()));

/** Runs `millrace pause` or `resume` on the tests' pipeline; resolves to what it prints. */
async function run(command: SwitchCommand, name: string): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    expect(await switchPart(command, [name], inject('pipeline').folder)).toBe(0);
    return log.mock.calls.join('\n');
  } finally {
    log.mockRestore();
  }
}

// Neither may outlive its test.
afterEach(async () => {
  await run(resumeCommand, 'stripe');
  await run(resumeCommand, flows.fromStripe);
});

it('paused, a flow or a system has no call made; resumed, what waited is delivered, and nothing else changes', async () => {
  const [customers, accounts] = [await unannouncedCustomers(2), await unannouncedAccounts(2)];

  expect(await run(pauseCommand, flows.fromStripe)).toMatch(/-> +.*stripe-customer-to-account.*runs.*paused/);
  expect(await run(pauseCommand, 'stripe')).toMatch(/-> +.*stripe .*system.*runs.*paused since/);
  await setTimeout(breaker.cacheMs);
  const calls = await countCalls();
  await Promise.all([...customers, ...accounts].map(announce));
  // Accounts are still read: it is Stripe that is not called.
  await waitFor(async () => (await countCalls()) >= calls + accounts.length);
  const depths = async () => [await queueDepth(sqs, flows.fromStripe), await queueDepth(sqs, flows.fromSalesforce)];
  await holdsFor(async () => (await depths()).every((depth) => depth === 2), hold.waitMs + 500, 'everything waits');

  const resumed = Date.now();
  expect(await run(resumeCommand, 'stripe')).toMatch(/-> +.*stripe .*paused since.*runs/);
  const times = await deliveryTimes(accounts);
  expect(Math.max(...times) - resumed).toBeLessThan(hold.waitMs + breaker.cacheMs + 3_000);
  expect(await queueDepth(sqs, flows.fromStripe)).toBe(2);

  expect(await run(resumeCommand, flows.fromStripe)).toMatch(/-> +.*stripe-customer-to-account.*paused.*runs/);
  await deliveryTimes(customers);
  expect(await run(resumeCommand, flows.fromStripe)).not.toContain('->');
  await atRest(sqs);
  await expectNoneParked(sqs, [...customers, ...accounts]);
  await expectOneRecordEach([...customers, ...accounts]);
});

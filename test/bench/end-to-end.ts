import { setTimeout } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.ts';
import { type LoadOptions, type Measured, measure } from './load.ts';
import type { BenchSystems } from './systems.ts';
import { Watcher } from './watcher.ts';

/** A customer and its Account, linked. */
export interface Pair {
  readonly customerId: string;
  readonly accountId: string;
}

/** Creates customers in Stripe, and waits until each has its Account, and knows it. */
export async function createPairs(systems: BenchSystems, count: number): Promise<Pair[]> {
  const ids = await Promise.all(Array.from({ length: count }, () => systems.createCustomer(newPhone())));
  return waitFor(
    async () => {
      const customers = await systems.readStripe();
      const pairs = ids.flatMap((customerId) => {
        const accountId = customers.get(customerId)?.accountId;
        return accountId === undefined ? [] : [{ customerId, accountId }];
      });
      return pairs.length === count && pairs;
    },
    { timeoutMs: 60_000, what: 'an Account for each new customer' },
  );
}

export interface EndToEndOptions extends LoadOptions {
  readonly systems: BenchSystems;
  /** At least one a worker: each changes a record of its own. */
  readonly pairs: readonly Pair[];
  readonly from: 'stripe' | 'salesforce';
}

/** Changes a record in one system, and times until the other shows the new value. */
export async function measureEndToEnd(options: EndToEndOptions): Promise<Measured> {
  const { systems, pairs, from } = options;
  const watcher = new Watcher(from === 'stripe' ? systems.readSalesforce : systems.readStripe);
  return measure(options, async (worker) => {
    const pair = pairs[worker];
    if (pair === undefined) throw new Error(`Of ${pairs.length} pairs there is none for worker ${worker}.`);
    const phone = newPhone();
    await Promise.all([
      from === 'stripe'
        ? systems.setCustomerPhone(pair.customerId, phone)
        : systems.setAccountPhone(pair.accountId, phone),
      watcher.sees(pair.customerId, phone),
    ]);
  });
}

/** Waits until neither system was called for half a second: echoes and backlogs of one measurement belong to it. */
export async function waitUntilQuiet(systems: BenchSystems): Promise<void> {
  // Each look is a call to either.
  const ours = 2;
  let before = await systems.countCalls();
  await waitFor(
    async () => {
      await setTimeout(500);
      const after = await systems.countCalls();
      const isQuiet = after - before <= ours;
      before = after;
      return isQuiet;
    },
    { timeoutMs: 60_000, what: 'the pipeline at rest' },
  );
}

let lastPhone = 0;

/** Another number each time, short enough for both systems to hold it as it is. */
function newPhone(): string {
  lastPhone += 1;
  return `+44 20 ${String(lastPhone).padStart(8, '0')}`;
}

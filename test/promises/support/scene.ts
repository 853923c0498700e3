import type { Connection } from 'jsforce';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll } from 'vitest';
import {
  atRest,
  expectNoneParked,
  expectOneRecordEach,
  type Unannounced,
  unannouncedAccounts,
  unannouncedCustomers,
} from './events.ts';
import {
  type Call,
  callsTo,
  clearFaults,
  type SystemName,
  salesforceClient,
  stripeClient,
  systemNames,
  warmUp,
} from './systems.ts';

/** The official clients on the two simulated systems. */
export interface Scene {
  readonly stripe: Stripe;
  readonly salesforce: Connection;
}

/**
 * Sets the scene of a file whose tests make something fail. Before the first of them everything is warm, or that fault
 * would hit the call for a token; no fault outlives its test or, where tests run side by side, the file.
 */
export async function openScene({ sideBySide = false } = {}): Promise<Scene> {
  const clear = sideBySide ? afterAll : afterEach;
  clear(clearFaults);
  const scene = { stripe: stripeClient(), salesforce: await salesforceClient() };
  beforeAll(() => warmUp(scene.stripe, scene.salesforce));
  return scene;
}

/** So many records of either system that nobody was told of yet. */
export async function recordsEachWay(count: number): Promise<Unannounced[]> {
  return [...(await unannouncedCustomers(count)), ...(await unannouncedAccounts(count))];
}

/** From here on: answers how to see what either system is called from now on. */
export async function watchCalls(): Promise<(system: SystemName) => Promise<Call[]>> {
  const before = new Map(
    await Promise.all(systemNames.map(async (system) => [system, (await callsTo(system)).length] as const)),
  );
  return async (system) => (await callsTo(system)).slice(before.get(system));
}

/** For the end of a test, once all was delivered: nothing was parked or doubled, and nothing is left to do. */
export async function expectOneOfEach(records: readonly Unannounced[]): Promise<void> {
  await atRest();
  await expectNoneParked(records);
  await expectOneRecordEach(records);
}

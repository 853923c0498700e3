import { inject } from 'vitest';
import { openLocalStateTable } from '../../../bin/running-pipeline.ts';
import type { BreakerState } from '../../../functions/contract/health.ts';
import { createHealth } from '../../../functions/state/health.ts';
import { waitFor } from '../../support/wait-for.ts';
import { integration } from './names.ts';
import type { SystemName } from './systems.ts';

const health = openLocalStateTable(inject('pipeline').folder).then((table) => createHealth(table, integration));

/** A system's circuit breaker, as all functions share it. */
export const breakerOf = async (system: SystemName): Promise<BreakerState> => (await health).readBreaker(system);

/** Waits until a system's breaker is open; resolves to its state. */
export async function openedBreaker(system: SystemName): Promise<BreakerState & { state: 'open' }> {
  const look = async () => {
    const breaker = await breakerOf(system);
    return breaker.state === 'open' && breaker;
  };
  return waitFor(look, { what: `the breaker of ${system} opens` });
}

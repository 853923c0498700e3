import { inject } from 'vitest';
import { createStateTable } from '../../../functions/aws/dynamo-state-table.ts';
import { createLimitStore } from '../../../functions/aws/limit-store.ts';
import type { BreakerState, Hold } from '../../../functions/contract/health.ts';
import type { LimitState } from '../../../functions/contract/limits.ts';
import { stageName, stateTableOutput } from '../../../functions/contract/names.ts';
import { createHealth } from '../../../functions/state/health.ts';
import { aws } from '../../support/clients.ts';
import { waitFor } from '../../support/wait-for.ts';
import { integration, stage } from './names.ts';
import type { FlowName } from './queues.ts';
import type { SystemName } from './systems.ts';

const tableName = inject('pipeline').outputs[`${stageName(stage)}-data`]?.[stateTableOutput] ?? '';
const health = createHealth(createStateTable(aws.dynamoDb, tableName, Date.now), integration);

/** A system's circuit breaker, as all functions share it. */
export const breakerOf = (system: SystemName): Promise<BreakerState> => health.readBreaker(system);

/** Waits until a system's breaker is open; resolves to its state. */
export async function openedBreaker(system: SystemName): Promise<BreakerState & { state: 'open' }> {
  const look = async () => {
    const breaker = await breakerOf(system);
    return breaker.state === 'open' && breaker;
  };
  return waitFor(look, { what: `the breaker of ${system} opens` });
}

/** A flow's switch. */
export const holdOf = (flow: FlowName): Promise<Hold> => health.readHold(flow);

/** What is known of a system's limits. */
export const limitsOf = (system: SystemName): Promise<LimitState> =>
  createLimitStore(aws.dynamoDb, tableName, integration).read(system);

import type { History, QueueRecord } from '../contract/delivery.ts';
import { metricNames } from '../contract/metric-names.ts';
import { deliverOne, type Settlement } from './deliver-one.ts';
import { handBack } from './hand-back.ts';
import type { DeliverServices } from './services.ts';

/** A message with what its earlier receives left behind. */
export interface Received {
  readonly record: QueueRecord;
  readonly history: History;
}

/**
 * Delivers messages of one group in order. The first that does not settle is handed back with all that follow it,
 * `behind` included, which were not to be run now. Answers what was handed back.
 */
export async function deliverGroup(
  group: readonly Received[],
  behind: readonly Received[],
  services: DeliverServices,
): Promise<Received[]> {
  for (const [index, received] of group.entries()) {
    const settlement = await deliverSafely(received, services);
    if (settlement === 'settled') continue;
    const left = [...group.slice(index), ...behind];
    await handBack(left, settlement, services);
    return left;
  }
  return [];
}

/** Where neither dead letters nor state can be had, the message waits as for a busy system. */
export async function deliverSafely(received: Received, services: DeliverServices): Promise<Settlement> {
  try {
    return await deliverOne(received, services);
  } catch (error) {
    services.telemetry.count(metricNames.deliveryDeferred);
    services.telemetry.warn('unexpected error', { receiveCount: received.record.receiveCount }, error);
    const { busy, unknown } = services.policies;
    // What was asked of a system just before may still be done.
    return { waitMs: Math.max(busy.maxMs, unknown.landsWithinMs), history: received.history };
  }
}

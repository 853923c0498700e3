import type { SQSBatchResponse } from 'aws-lambda';
import type { QueueRecord } from '../contract/delivery.ts';
import { metricNames } from '../contract/metric-names.ts';
import { mapBounded } from '../engine/map-bounded.ts';
import { deliverOne, type Settlement } from './deliver-one.ts';
import type { DeliverServices } from './services.ts';

/**
 * Delivers a batch. Groups run in parallel, a group strictly in order; the first message of a group that is not settled
 * stops that group only. Answers the messages that go back to the queue: AWS takes an answer of any other shape as a
 * failed batch.
 */
export async function deliver(records: readonly QueueRecord[], services: DeliverServices): Promise<SQSBatchResponse> {
  const groups = Map.groupBy(records, (record) => record.groupId);
  const left = await mapBounded([...groups.values()], services.policies.concurrency.groups, (group) =>
    deliverGroup(group, services),
  );
  return { batchItemFailures: left.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Answers what is left of the group: the first message that did not settle, and every later one. */
async function deliverGroup(group: readonly QueueRecord[], services: DeliverServices): Promise<readonly QueueRecord[]> {
  for (const [index, record] of group.entries()) {
    const settlement = await deliverSafely(record, services);
    if (settlement === 'settled') continue;
    const left = group.slice(index);
    await handBack(left, settlement.waitSeconds, services);
    return left;
  }
  return [];
}

/** Where neither dead letters nor state can be had, the message waits as for a busy system. */
async function deliverSafely(record: QueueRecord, services: DeliverServices): Promise<Settlement> {
  try {
    return await deliverOne(record, services);
  } catch (error) {
    services.telemetry.count(metricNames.deliveryDeferred);
    services.telemetry.warn('unexpected error', { receiveCount: record.receiveCount }, error);
    return { waitSeconds: Math.round(services.policies.busy.maxMs / 1000) };
  }
}

/**
 * The followers get the same wait as the failed message: left with the queue's own timeout they would block their
 * group for minutes after it is due.
 */
async function handBack(left: readonly QueueRecord[], waitSeconds: number, services: DeliverServices): Promise<void> {
  try {
    await services.queue.handBack(left, waitSeconds);
  } catch (error) {
    // They come back after the queue's own timeout, in order: late, not lost.
    services.telemetry.warn('hand-back failed', { waitSeconds }, error);
  }
}

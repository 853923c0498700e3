import type { SQSBatchResponse } from 'aws-lambda';
import { type History, noHistory, type QueueRecord } from '../contract/delivery.ts';
import { nextSuspect, splitAtSuspect } from '../engine/crash-guard.ts';
import { mapBounded } from '../engine/map-bounded.ts';
import { isTooOld } from '../engine/retry.ts';
import { deliverGroup, type Received } from './deliver-group.ts';
import { handBack } from './hand-back.ts';
import { runAlone } from './run-alone.ts';
import type { DeliverServices } from './services.ts';

/**
 * Delivers a batch. Groups run in parallel, a group strictly in order; the first message of a group that is not settled
 * stops that group only. A message that may have killed the function runs alone, after all others are safe. Answers the
 * messages that go back to the queue: AWS takes an answer of any other shape as a failed batch.
 */
export async function deliver(records: readonly QueueRecord[], services: DeliverServices): Promise<SQSBatchResponse> {
  const batch = await withHistories(records, services);
  const left = (await heldBack(batch, services)) ?? (await deliverBatch(batch, services));
  return { batchItemFailures: left.map(({ record }) => ({ itemIdentifier: record.messageId })) };
}

/** A message on its first receive has no history: the good path reads nothing. */
async function withHistories(records: readonly QueueRecord[], services: DeliverServices): Promise<Received[]> {
  const again = records.filter(({ receiveCount }) => receiveCount > 1).map(({ messageId }) => messageId);
  const known = again.length === 0 ? new Map<string, History>() : await services.histories.read(again);
  return records.map((record) => ({ record, history: known.get(record.messageId) ?? noHistory }));
}

/** While the flow is held, everything goes back, each group in its order, but what SQS would forget: that is parked. */
async function heldBack(batch: readonly Received[], services: DeliverServices): Promise<Received[] | undefined> {
  const { hold, policies, now } = services;
  if ((await hold.reason()) === undefined) return undefined;
  const isOld = ({ record }: Received) => isTooOld(now() - record.sentMs, policies);
  const left: Received[] = [];
  for (const group of Map.groupBy(batch, ({ record }) => record.groupId).values()) {
    // The oldest come first, and parking them makes no call.
    const young = group.filter((received) => !isOld(received));
    const unsettled = await deliverGroup(group.filter(isOld), young, services);
    if (unsettled.length === 0) await handBack(young, { waitMs: policies.hold.waitMs }, services);
    left.push(...(unsettled.length === 0 ? young : unsettled));
  }
  return left;
}

async function deliverBatch(batch: readonly Received[], services: DeliverServices): Promise<Received[]> {
  const groups = [...Map.groupBy(batch, ({ record }) => record.groupId).values()].map(splitAtSuspect);
  const results = await mapBounded(groups, services.policies.concurrency.groups, async ([calm, doubtful]) => {
    const left = await deliverGroup(calm, doubtful, services);
    return left.length === 0 ? { left, doubtful } : { left, doubtful: [] };
  });
  const left = results.flatMap((result) => result.left);
  const doubtful = results.map((result) => result.doubtful).filter((group) => group.length > 0);
  return doubtful.length === 0 ? left : [...left, ...(await deliverDoubtful(batch, left, doubtful, services))];
}

/** One suspect of the batch is run, with nothing beside it that its crash could take along. */
async function deliverDoubtful(
  batch: readonly Received[],
  left: readonly Received[],
  doubtful: readonly Received[][],
  services: DeliverServices,
): Promise<Received[]> {
  const waiting = new Set([...left, ...doubtful.flat()]);
  const settled = batch.filter((received) => !waiting.has(received)).map(({ record }) => record);
  if (settled.length > 0) await services.queue.settle(settled);
  const suspect = nextSuspect(doubtful);
  const others = doubtful.map((group) => group.filter((received) => received !== suspect));
  for (const group of others) if (group.length > 0) await handBack(group, { waitMs: 0, immediate: true }, services);
  const back = others.flat();
  if (suspect === undefined) return back;
  return (await runAlone(suspect, services)) ? back : [suspect, ...back];
}

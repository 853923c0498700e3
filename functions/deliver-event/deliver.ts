import type { SQSBatchResponse } from 'aws-lambda';
import { type HistoryOf, noHistory, operatorCategory, type QueueRecord } from '../contract/delivery.ts';
import { parseMessage } from '../contract/message.ts';
import { nextSuspect, splitAtSuspect } from '../engine/crash-guard.ts';
import { mapBounded } from '../engine/map-bounded.ts';
import { isTooOld } from '../engine/retry.ts';
import { deliverGroup, type Received } from './deliver-group.ts';
import { handBack, handBackUnread } from './hand-back.ts';
import { runAlone } from './run-alone.ts';
import type { DeliverServices } from './services.ts';

/**
 * Delivers a batch. Groups run in parallel, a group strictly in order; the first message of a group that is not settled
 * stops that group only. A message that may have killed the function runs alone, after all others are safe. Answers the
 * messages that go back to the queue: AWS takes an answer of any other shape as a failed batch.
 */
export async function deliver(records: readonly QueueRecord[], services: DeliverServices): Promise<SQSBatchResponse> {
  const begun = await begin(records, services);
  const left = begun === undefined ? records : await carryOn(begun, services);
  return { batchItemFailures: left.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

interface Begun {
  readonly batch: readonly Received[];
  /** Why the flow is held; undefined while it runs. */
  readonly held: string | undefined;
}

/** Reads what must be known before anything is done; undefined where it could not be, and the batch was handed back. */
async function begin(records: readonly QueueRecord[], services: DeliverServices): Promise<Begun | undefined> {
  let batch: readonly Received[] | undefined;
  try {
    batch = await withHistories(records, services);
    return { batch, held: await services.hold.reason() };
  } catch (error) {
    const { telemetry, flow, policies } = services;
    telemetry.warn('batch not begun', { flow: flow.name, messages: records.length }, error);
    const waitMs = policies.busy.maxMs;
    const unread = batch === undefined ? Map.groupBy(records, ({ groupId }) => groupId).values() : [];
    for (const group of unread) await handBackUnread(group, waitMs, services);
    for (const group of groupsOf(batch ?? [])) await handBack(group, { waitMs }, services);
    return undefined;
  }
}

async function carryOn({ batch, held }: Begun, services: DeliverServices): Promise<readonly QueueRecord[]> {
  const left = held === undefined ? await deliverBatch(batch, services) : await heldBack(batch, held, services);
  return left.map(({ record }) => record);
}

/** A message on its first receive has no history: the good path reads nothing. */
async function withHistories(records: readonly QueueRecord[], services: DeliverServices): Promise<Received[]> {
  const again = records.filter(({ receiveCount }) => receiveCount > 1);
  if (again.length === 0) return records.map((record) => ({ record, history: noHistory }));
  const known = await services.histories.read(again.map((record) => historyOf(record, services)));
  return records.map((record) => ({ record, history: known.get(record.messageId) ?? noHistory }));
}

function historyOf({ messageId, body }: QueueRecord, { flow }: DeliverServices): HistoryOf {
  const message = parseMessage(body);
  if (message === undefined) return { messageId, event: undefined };
  return { messageId, event: { flow: flow.name, eventId: message.id, releasedGeneration: message.releasedgeneration } };
}

/**
 * While the flow is held, everything goes back, each group in its order, but what is parked without a call: what SQS would
 * forget, and what an operator asked for, as far as nothing stands before it.
 */
async function heldBack(batch: readonly Received[], reason: string, services: DeliverServices): Promise<Received[]> {
  const { policies, now, telemetry, flow } = services;
  const isParked = ({ record, history }: Received) =>
    isTooOld(now() - record.sentMs, policies) || history.parkAs?.category === operatorCategory;
  const { waitMs } = policies.hold;
  const left: Received[] = [];
  for (const group of groupsOf(batch)) {
    const first = group.findIndex((received) => !isParked(received));
    const [parked, waiting] = first === -1 ? [group, []] : [group.slice(0, first), group.slice(first)];
    const unsettled = await deliverGroup(parked, waiting, services);
    if (unsettled.length === 0) await handBack(waiting, { waitMs }, services);
    left.push(...(unsettled.length === 0 ? waiting : unsettled));
  }
  const about = { flow: flow.name, reason, messages: left.length, waitSeconds: Math.ceil(waitMs / 1000) };
  if (left.length > 0) telemetry.info('batch held back', about);
  return left;
}

function groupsOf(batch: readonly Received[]): Received[][] {
  return [...Map.groupBy(batch, ({ record }) => record.groupId).values()];
}

async function deliverBatch(batch: readonly Received[], services: DeliverServices): Promise<Received[]> {
  const groups = groupsOf(batch).map(splitAtSuspect);
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

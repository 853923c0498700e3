import type { SQSBatchResponse } from 'aws-lambda';
import type { LargeData } from '../contract/large-data.ts';
import { claimOf, parseMessage, withClaim } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { ParkedMessage } from '../contract/parked.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { mapBounded } from '../engine/map-bounded.ts';
import { dueOf, entryOf } from '../engine/park-list.ts';
import { leave } from '../parking/leave.ts';
import { release } from '../parking/release.ts';
import type { ParkingServices } from '../parking/services.ts';
import { type DeadLetterRecord, toPark } from './dead-letter.ts';

export interface ParkServices extends ParkingServices {
  readonly largeData: Pick<LargeData, 'keep'>;
  readonly telemetry: Telemetry;
}

/** Groups of one batch at once. */
const groupsAtOnce = 10;

/**
 * Moves dead letters into the parked table. Groups run in parallel, a group strictly in order; the first that fails stops
 * its group only, and comes back with all that follow it. Answers those: AWS takes an answer of any other shape as a
 * failed batch.
 */
export async function parkDeadLetters(
  records: readonly DeadLetterRecord[],
  services: ParkServices,
): Promise<SQSBatchResponse> {
  const groups = [...Map.groupBy(records, ({ flow, groupId }) => JSON.stringify([flow, groupId])).values()];
  const left = await mapBounded(groups, groupsAtOnce, (group) => parkGroup(group, services));
  return { batchItemFailures: left.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Answers what is left of the group. */
async function parkGroup(
  group: readonly DeadLetterRecord[],
  services: ParkServices,
): Promise<readonly DeadLetterRecord[]> {
  for (const [index, record] of group.entries()) {
    try {
      await parkOne(record, services);
    } catch (error) {
      services.telemetry.warn('dead letter not parked', { flow: record.flow, messages: group.length - index }, error);
      return group.slice(index);
    }
  }
  return [];
}

/** Every step may be repeated: the dead letter stays where it is until all are done. */
async function parkOne(record: DeadLetterRecord, services: ParkServices): Promise<void> {
  const { event: sent, isListed } = toPark(record);
  const event = await withDataKept(sent, services);
  const { flow, eventId, subject } = event;
  const stored = await services.store.add(event);
  if (stored) tell(event, services);
  if (!isListed || subject === undefined) return;
  // After it was stored: whoever settles what stands before it looks into the table after writing the list.
  const list = await services.lists.read(flow, subject);
  const entry = entryOf(list, eventId);
  if (entry === undefined || entry.superseded) {
    const step = { from: ['parked', 'waiting'], to: 'superseded', atMs: services.now() } as const;
    await services.store.move(event, step);
  } else if (!stored && (await isGivenUp(event, services))) {
    await leave({ flow, subject }, [eventId], services);
  } else if (dueOf(list) === entry) {
    await release({ flow, eventId }, services);
  }
}

/**
 * Large data is copied to where it is kept for as long as an event may be parked. Where it is gone already, the event is
 * stored nevertheless: its flow may not need it.
 */
async function withDataKept(event: ParkedMessage, { largeData }: ParkServices): Promise<ParkedMessage> {
  const message = parseMessage(event.body ?? '');
  const claim = message && claimOf(message);
  if (message === undefined || claim === undefined) return event;
  const kept = (await largeData.keep(claim)) ?? claim;
  return { ...event, body: JSON.stringify(withClaim(message, kept)), dataBytes: kept.bytes };
}

/** An operator discarded or erased it while delivery was about to park it once more: its place in the list is void. */
async function isGivenUp({ flow, eventId }: ParkedMessage, { store }: ParkServices): Promise<boolean> {
  const kept = await store.look(flow, eventId);
  return kept?.status === 'discarded' || kept?.status === 'erased';
}

function tell({ flow, eventId, subject, eventType, letter, status }: ParkedMessage, { telemetry }: ParkServices): void {
  const { correlationId, reason, category, lastErrorCode: code, attempts } = letter;
  telemetry.count(metricNames.deadLetterParked);
  const about = { correlationId, eventId, flow, reason, category, code, attempts };
  telemetry.info(`event ${status}`, {
    ...about,
    ...(subject === undefined ? {} : { subject }),
    ...(eventType === undefined ? {} : { eventType }),
  });
}

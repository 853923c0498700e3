import type { Message } from '../contract/message.ts';
import type { ListedEvent, ParkList } from '../contract/parked.ts';
import { MappingError } from '../engine/map-record.ts';
import type { Failure, Outcome } from '../engine/outcome.ts';
import { placeOf, unreadCodes, withVersion } from '../engine/park-list.ts';
import { isTooOld } from '../engine/retry.ts';
import { noteSuperseded } from '../parking/supersede.ts';
import { type Delivered, eventKey } from '../state/once.ts';
import type { Received } from './deliver-group.ts';
import { describe } from './describe.ts';
import { type ParkAs, type Reading, readEvent } from './reading.ts';
import type { DeliverServices } from './services.ts';
import { writeThrough } from './write-through.ts';

/** What an attempt came to; `list`: the park list of the event's key as it was when it began. */
export type Attempted =
  | { readonly kind: 'done'; readonly delivered: Delivered; readonly seenBefore: boolean; readonly list?: ParkList }
  | { readonly kind: 'in-progress'; readonly freeInMs: number }
  /** It was parked before, and that stands. */
  | { readonly kind: 'stands'; readonly entry: ListedEvent }
  /** Another event of its key must be delivered before it. */
  | { readonly kind: 'behind'; readonly list: ParkList }
  | { readonly kind: 'park'; readonly as: ParkAs; readonly list: ParkList }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly list?: ParkList };

/** Makes the idempotency wrapper forget the event; how it ended is known outside. */
class NotDone extends Error {}

const tooOld: ParkAs = { reason: 'older than a queue may keep it', category: 'transient', code: 'too-old' };

/** Of no version, unlike what was read. */
const tooOldUnread: ParkAs = {
  ...tooOld,
  reason: 'older than a queue may keep it, and its data could not be had',
  code: unreadCodes.unavailable,
};

/** Our own trouble: no attempt, whatever the flow gives up after. */
const unread: Failure = { kind: 'busy', code: unreadCodes.unavailable, operation: 'data.read' };

/** Tries to deliver. "Seen before" is decided first of all: what was delivered, or discarded, is never parked. */
export async function attempt(received: Received, message: Message, services: DeliverServices): Promise<Attempted> {
  const { flow, parking } = services;
  // Kept here, since an error that goes through the wrapper is lost where the lock can't be released.
  let ended: Attempted | undefined;
  let list: ParkList | undefined;
  try {
    const result = await services.once(eventKey(flow.name, message.id, message.subject), async () => {
      list = await parking.lists.read(flow.name, message.subject);
      const tried = await tryIn(list, received, message, services);
      if ('kind' in tried) {
        ended = tried;
        throw new NotDone();
      }
      return tried;
    });
    return result.kind === 'done' && list !== undefined ? { ...result, list } : result;
  } catch (error) {
    if (!(error instanceof NotDone)) services.telemetry.warn('unexpected error', describe(message, services), error);
    if (ended !== undefined) return ended;
    // Our own trouble, DynamoDB's most likely: no attempt.
    return { kind: 'failed', failure: { kind: 'busy', code: 'internal-error', operation: 'deliver' } };
  }
}

/** The order of the rules: its place in the key's list, what was applied before, a decision to park, the delivery. */
async function tryIn(
  list: ParkList,
  { record, history }: Received,
  message: Message,
  services: DeliverServices,
): Promise<Delivered | Attempted> {
  const { flow, parking, applied, policies, now } = services;
  const key = { flow: flow.name, subject: message.subject };
  const place = placeOf({ eventId: message.id, releasedGeneration: message.releasedgeneration }, list);
  if (place.kind === 'superseded') return { older: true };
  if (place.kind === 'stands') return place;
  if (place.kind === 'behind') return { kind: 'behind', list };
  const read = await readEvent(message, services);
  const isOld = isTooOld(now() - record.sentMs, policies);
  if (read.kind === 'unfit') return { kind: 'park', as: read.parkAs, list };
  if (read.kind === 'unread') {
    return isOld ? { kind: 'park', as: tooOldUnread, list } : { kind: 'failed', failure: unread, list };
  }
  // Before it may be parked, too: what comes after it and is older must not be taken for newer.
  const version = read.told?.version;
  const isOlder = version !== undefined && !(await applied.claim(flow.name, read.message.subject, version));
  if (isOlder) return { older: true };
  const as = history.parkAs ?? (isOld ? tooOld : undefined);
  if (as !== undefined) return { kind: 'park', as, list };
  const outcome = await write(read, history.attempts > 0, services);
  if (outcome.kind !== 'success') return { kind: 'failed', failure: outcome, list };
  // One that was released may be older than others in the list; one that is appended is no newer state of anything.
  const isLatest = message.releasedgeneration === undefined && flow.operation !== 'append';
  // What an event tells is later than what was claimed before it: what told no version may be later still.
  if (isLatest) await noteSuperseded(key, list, parking, version === undefined ? list : withVersion(list));
  return outcome.value;
}

/** A mapping that throws will throw again. */
async function write(reading: Reading, alone: boolean, services: DeliverServices): Promise<Outcome<Delivered>> {
  try {
    return await writeThrough(reading, services, alone);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    services.telemetry.warn('mapping failed', describe(reading.message, services), error);
    return { kind: 'permanent', code: error.code, operation: 'map' };
  }
}

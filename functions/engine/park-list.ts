import type { DeadLetter } from '../contract/delivery.ts';
import type { ListedEvent, ParkList } from '../contract/parked.ts';

/** What a list is to become. */
export type NextList = Omit<ParkList, 'generation'>;

/** An event that stands before its delivery. */
export interface Arrival {
  readonly eventId: string;
  /** The generation that it was released from; undefined where it was not. */
  readonly releasedGeneration: number | undefined;
}

/**
 * Where an arriving event stands in its key's list. `superseded`: a later state of its record was written. `stands`: it
 * was parked, and its release is not what arrived, so that the decision stands. `behind`: the list halts its key, and
 * another event must be delivered before it. `free`: it may be delivered.
 */
export type Place =
  | { readonly kind: 'superseded' }
  | { readonly kind: 'stands'; readonly entry: ListedEvent }
  | { readonly kind: 'behind' }
  | { readonly kind: 'free' };

export function placeOf(arrival: Arrival, list: ParkList): Place {
  const entry = entryOf(list, arrival.eventId);
  if (entry?.superseded) return { kind: 'superseded' };
  if (entry !== undefined && !isReleaseOf(arrival, entry)) return { kind: 'stands', entry };
  const [head] = list.events;
  return list.halts && head !== undefined && head !== entry ? { kind: 'behind' } : { kind: 'free' };
}

/** A higher one was parked by SQS itself, which knows no lists. */
function isReleaseOf({ releasedGeneration }: Arrival, entry: ListedEvent): boolean {
  return releasedGeneration !== undefined && releasedGeneration >= entry.generation;
}

export function entryOf(list: Pick<ParkList, 'events'>, eventId: string): ListedEvent | undefined {
  return list.events.find((entry) => entry.eventId === eventId);
}

/** The generation in which an event is parked next. */
export function nextGeneration({ eventId, releasedGeneration }: Arrival, list: ParkList): number {
  return Math.max(releasedGeneration ?? 0, entryOf(list, eventId)?.generation ?? 0) + 1;
}

/**
 * The list with an event that is parked: at its place, where it stands in the list already, else at the end. `halts`: what
 * the flow asks for; a list that has events stays as it was begun.
 */
export function withParked(
  list: ParkList,
  { eventId, generation, letter }: Pick<ListedEvent, 'eventId' | 'generation' | 'letter'>,
  halts: boolean,
): NextList {
  const entry: ListedEvent = { eventId, generation, letter, superseded: false };
  const at = list.events.findIndex((listed) => listed.eventId === eventId);
  return {
    events: at === -1 ? [...list.events, entry] : list.events.with(at, entry),
    halts: list.events.length === 0 ? halts : list.halts,
    // It was released and failed: an operator must look at it.
    due: at > 0 || (at === -1 && list.events.length > 0) ? list.due : false,
  };
}

/** Bytes of JSON that a list may have: an item of DynamoDB has at most 400 KB, and a letter at its place may grow. */
const mostBytes = 300_000;

/** Whether one more event does not fit. */
export function isFull(next: NextList): boolean {
  return new TextEncoder().encode(JSON.stringify(next)).length > mostBytes;
}

/** The list without events that are settled; undefined where none of them is in it. A new head is due. */
export function withoutSettled(list: ParkList, eventIds: readonly string[]): NextList | undefined {
  const events = list.events.filter(({ eventId }) => !eventIds.includes(eventId));
  if (events.length === list.events.length) return undefined;
  const isNewHead = events.length > 0 && events[0] !== list.events[0];
  return { events, halts: list.halts, due: list.halts && events.length > 0 && (isNewHead || list.due) };
}

/**
 * What is told of an event that could not be read: as the flow is deployed, or since its data, which its message is too
 * small for, is not in the bucket, was changed there, or could not be had until the event was too old.
 */
export const unreadCodes = {
  invalid: 'invalid-event',
  unreadable: 'event-unreadable',
  gone: 'data-gone',
  altered: 'data-altered',
  unavailable: 'data-unavailable',
} as const;

/** Those events of a list of which a version is known, since they could be read when they were parked. */
export function withVersion({ events }: Pick<ParkList, 'events'>): Pick<ParkList, 'events'> {
  const codes: readonly string[] = Object.values(unreadCodes);
  return { events: events.filter(({ letter }) => letter === undefined || !codes.includes(letter.lastErrorCode)) };
}

/**
 * The list with those events flagged that a later state superseded: of `seen`, as they were then. What was parked, or
 * parked again, since then is no older than that state. Undefined where there is none, or the list halts its key.
 */
export function withSuperseded(list: ParkList, seen: Pick<ParkList, 'events'>): NextList | undefined {
  if (list.halts) return undefined;
  const isOlder = (entry: ListedEvent) => entryOf(seen, entry.eventId)?.generation === entry.generation;
  if (!list.events.some((entry) => !entry.superseded && isOlder(entry))) return undefined;
  const events = list.events.map((entry) => (isOlder(entry) ? { ...entry, superseded: true } : entry));
  return { events, halts: list.halts, due: list.due };
}

/** The one that is to be released now, since what stood before it is settled. */
export function dueOf(list: ParkList): ListedEvent | undefined {
  return list.halts && list.due ? list.events[0] : undefined;
}

/** What is told of an event that only stands behind another. */
export const haltedLetter = {
  reason: 'stands behind a parked event of its key',
  category: 'halted',
  lastErrorCode: 'halted',
} as const satisfies Partial<DeadLetter>;

/** What was parked without a place in its key's list, which was full: nothing that becomes of the list is about it. */
export const unlistedCode = 'park-list-full';

import type { ParkedEvent } from '../../functions/contract/parked.ts';
import { mapBounded } from '../../functions/engine/map-bounded.ts';
import type { OpenStage } from '../connect-stage.ts';
import type { Part } from '../parts.ts';
import { isLogged, type LogEntry, parseEntry } from './log-entry.ts';
import type { Scan, Span } from './stage-logs.ts';

/** What is known of one event in one flow. */
export interface FlowTrace {
  readonly flow: Part;
  /** Its log lines, oldest first. */
  readonly entries: readonly LogEntry[];
  /** As it is in the parked table, if it ever was. */
  readonly parked: ParkedEvent | undefined;
}

/** What is known of one event. */
export interface EventTrace {
  readonly integration: string;
  readonly eventId: string;
  /** Lines of the receiver about an event that went into no flow, oldest first. */
  readonly unqueued: readonly LogEntry[];
  readonly flows: readonly FlowTrace[];
}

export interface Found {
  /** In the order in which they came. */
  readonly events: readonly EventTrace[];
  readonly scan: Scan;
}

const readsAtOnce = 8;
const noScan: Scan = { groups: 0, requests: 0, cutShort: [] };

/**
 * The events that an id names: the one of that id, or else all of that correlation id or entity key. Logs are looked
 * through within the span; the parked table knows more, of parked ones.
 */
export async function findEvents(
  stage: OpenStage,
  flows: readonly Part[],
  id: string,
  span: Span,
  say: (progress: string) => void,
): Promise<Found> {
  const { lines, scan } = isLogged(id) ? await stage.logs.find(id, span, say) : { lines: [], scan: noScan };
  const entries = lines.flatMap((line) => parseEntry(line) ?? []);
  const ofEvent = entries.filter(({ eventId }) => eventId === id);
  const parkedOfEvent = await eachFlow(flows, async (flow) => lookUp(stage, flow, id));
  if (ofEvent.length > 0 || parkedOfEvent.length > 0) return { events: grouped(ofEvent, parkedOfEvent, flows), scan };
  const ofMany = entries.filter(({ correlationId, subject }) => correlationId === id || subject === id);
  const parked = await eachFlow(flows, (flow) => parkedWith(stage, flow, id, ofMany));
  return { events: grouped(ofMany, parked, flows), scan };
}

async function eachFlow(
  flows: readonly Part[],
  read: (flow: Part) => Promise<readonly ParkedEvent[]>,
): Promise<{ flow: Part; event: ParkedEvent }[]> {
  const found = await mapBounded(flows, readsAtOnce, async (flow) =>
    (await read(flow)).map((event) => ({ flow, event })),
  );
  return found.flat();
}

async function lookUp(stage: OpenStage, { integration, name }: Part, eventId: string): Promise<ParkedEvent[]> {
  const event = await stage.parkingOf(integration).store.look(name, eventId);
  return event === undefined ? [] : [event];
}

/** Of the key or the correlation id, and of the events that the logs name, which may have been settled since. */
async function parkedWith(
  stage: OpenStage,
  flow: Part,
  id: string,
  entries: readonly LogEntry[],
): Promise<readonly ParkedEvent[]> {
  const { store } = stage.parkingOf(flow.integration);
  const ofKey = await store.ofKey(flow.name, id);
  const correlated = (await store.unsettled(flow.name)).filter(({ letter }) => letter.correlationId === id);
  const events = new Map([...ofKey, ...correlated].map((event) => [event.eventId, event]));
  const named = new Set(entries.filter((entry) => isOf(flow, entry)).flatMap(({ eventId }) => eventId ?? []));
  for (const eventId of named) {
    const event = events.has(eventId) ? undefined : await store.look(flow.name, eventId);
    if (event !== undefined) events.set(eventId, event);
  }
  return [...events.values()];
}

function isOf({ integration, name }: Part, entry: LogEntry): boolean {
  return entry.integration === integration && entry.flow === name;
}

function grouped(
  entries: readonly LogEntry[],
  parked: readonly { readonly flow: Part; readonly event: ParkedEvent }[],
  flows: readonly Part[],
): EventTrace[] {
  const ids = [
    ...entries.flatMap(({ integration, eventId }) => (eventId === undefined ? [] : [[integration, eventId] as const])),
    ...parked.map(({ flow, event }) => [flow.integration, event.eventId] as const),
  ];
  const distinct = new Map(ids.map((id) => [JSON.stringify(id), id]));
  const events = [...distinct.values()].map(([integration, eventId]) => {
    const own = entries.filter((entry) => entry.integration === integration && entry.eventId === eventId);
    const traces = withThoseLogged(flows, own, integration)
      .map((flow) => ({
        flow,
        entries: own.filter((entry) => isOf(flow, entry)),
        parked: parked.find((each) => each.flow === flow && each.event.eventId === eventId)?.event,
      }))
      .filter((trace) => trace.entries.length > 0 || trace.parked !== undefined);
    return { integration, eventId, unqueued: own.filter(({ flow }) => flow === undefined), flows: traces };
  });
  return events.toSorted((one, other) => beginOf(one) - beginOf(other));
}

/** An integration's flows; those that it had when the lines were written, too. */
function withThoseLogged(flows: readonly Part[], entries: readonly LogEntry[], integration: string): Part[] {
  const known = flows.filter((flow) => flow.integration === integration);
  const logged = new Set(entries.flatMap(({ flow }) => flow ?? []));
  const gone = [...logged].filter((name) => !known.some((flow) => flow.name === name));
  return [...known, ...gone.map((name): Part => ({ integration, kind: 'flow', name }))];
}

/** When an event is seen first, Unix milliseconds. */
export function beginOf({ unqueued, flows }: Pick<EventTrace, 'unqueued' | 'flows'>): number {
  const logged = [...unqueued, ...flows.flatMap(({ entries }) => entries)].map(({ atMs }) => atMs);
  const told = flows.flatMap(({ parked }) => (parked === undefined ? [] : firstSeenOf(parked)));
  return Math.min(...logged, ...told);
}

/** When a parked event was received; an erased one no longer tells. */
export function firstSeenOf({ letter, parkedMs }: ParkedEvent): number {
  return Date.parse(letter.firstSeen) || parkedMs;
}

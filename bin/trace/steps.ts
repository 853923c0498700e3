import type { ParkedEvent } from '../../functions/contract/parked.ts';
import { type FlowTrace, firstSeenOf } from './find-events.ts';
import type { LogEntry } from './log-entry.ts';
import type { Situation } from './situation.ts';
import { tellEntry } from './words.ts';

/** Something that happened to an event. */
export interface Step {
  /** Unix milliseconds; undefined where nobody noted when. */
  readonly atMs: number | undefined;
  /** In words. */
  readonly told: string;
  /** The log line that tells it; undefined where state does. */
  readonly entry: LogEntry | undefined;
}

/** What happened to an event in one flow, in the order of time. `others`: log lines about the systems that it called. */
export function stepsOf(
  { entries, parked }: FlowTrace,
  others: readonly LogEntry[],
  intent: Situation['intent'],
): Step[] {
  const logged = [...entries, ...others].toSorted((one, other) => one.atMs - other.atMs);
  const steps = [
    ...logged.map((entry): Step => ({ atMs: entry.atMs, told: tellEntry(entry), entry })),
    ...(parked === undefined ? [] : ofParked(parked, entries)),
    ...(intent === undefined ? [] : ofIntent(intent, entries)),
  ];
  return withReleases(steps.toSorted((one, other) => (one.atMs ?? 0) - (other.atMs ?? 0)));
}

/** What the logs don't tell of a parked event: they may not reach back, and what commands do is in none of them. */
function ofParked(parked: ParkedEvent, entries: readonly LogEntry[]): Step[] {
  const { status, parkedMs, settledMs, letter, note } = parked;
  const has = (...messages: readonly string[]) => entries.some(({ message }) => messages.includes(message));
  const step = (atMs: number, told: string): Step => ({ atMs, told, entry: undefined });
  if (status === 'erased') return [step(settledMs ?? parkedMs, 'erased, by an operator')];
  const ends: Readonly<Record<string, string>> = {
    delivered: 'delivered',
    superseded: 'superseded: a later state of its record was delivered',
    discarded: `discarded by an operator${note === undefined ? '' : `: ${note}`}`,
  };
  const end = ends[status];
  const isTold = status === 'delivered' && has('event delivered');
  return [
    ...(has('event queued') ? [] : [step(firstSeenOf(parked), 'received')]),
    ...(has('event dead-lettered', 'event halted', 'event parked', 'event waiting')
      ? []
      : [step(parkedMs, `parked: ${letter.reason} (${letter.category}, ${letter.lastErrorCode})`)]),
    ...(end === undefined || settledMs === undefined || isTold ? [] : [step(settledMs, end)]),
  ];
}

/** An intent is kept for ever: one of an earlier event says nothing of this one. */
function ofIntent({ startedMs, id }: NonNullable<Situation['intent']>, entries: readonly LogEntry[]): Step[] {
  if (entries.length === 0 || startedMs < Math.min(...entries.map(({ atMs }) => atMs))) return [];
  const led = id === undefined ? 'what became of that is looked for at the next attempt' : `it was made: ${id}`;
  return [{ atMs: startedMs, told: `began to create a record; ${led}`, entry: undefined }];
}

const parkings = ['event dead-lettered', 'event halted', 'event parked', 'event waiting'];
const deliveries = ['attempt failed', 'delivery deferred', 'event delivered'];

/** Functions log what they release; of what an operator releases there is only what came of it. */
function withReleases(steps: readonly Step[]): Step[] {
  return steps.flatMap((step, index) => {
    const before = steps
      .slice(0, index)
      .findLast(({ entry }) => isOneOf(entry, [...parkings, ...deliveries, 'event released']));
    const isReleased = isOneOf(step.entry, deliveries) && isOneOf(before?.entry, parkings);
    return isReleased ? [{ atMs: undefined, told: 'released, by an operator', entry: undefined }, step] : [step];
  });
}

function isOneOf(entry: LogEntry | undefined, messages: readonly string[]): boolean {
  return entry !== undefined && messages.includes(entry.message);
}

import { isSettled } from '../../../functions/contract/parked.ts';
import type { Check, Violation } from '../checker.ts';
import { type Life, livesOf, mendedMsOf } from './lives.ts';

/** The parked table and the keys' lists: every dead letter is there, every release led somewhere, nothing is left over. */
export const tableChecks: Check = (world) =>
  world.isAtRest
    ? [
        ...inTable(world),
        ...released(world),
        ...superseded(world),
        ...erased(world),
        ...emptied(world),
        ...versions(world),
      ]
    : [];

const inTable: Check = ({ trace, people, deadLetters, parkedItems: parked }) => {
  const violations: Violation[] = [];
  const missing = (detail: string, atMs?: number) =>
    violations.push({
      invariant: 'every dead letter ends in the parked table',
      detail,
      ...(atMs === undefined ? {} : { atMs }),
    });
  for (const { body } of deadLetters.messages) missing(`${JSON.parse(body).id} is still among the dead letters`);
  const items = new Map(parked.map((item) => [item.eventId, item]));
  for (const { event, letters, steps } of livesOf({ trace, people }).values()) {
    const item = items.get(event);
    // A repeat of an event that was superseded begins a life of its own.
    const last = letters.findLast(({ swallowed }) => !swallowed);
    if (last === undefined) continue;
    const { generation, letter, atMs } = last;
    if (item === undefined) missing(event, atMs);
    // It was settled while the letter was on its way.
    else if (steps.some((step) => step.atMs > atMs && isSettled(step.status))) continue;
    // An operator's word stands, whatever comes after it.
    else if (item.status === 'discarded' || item.status === 'erased') continue;
    else if (item.generation !== generation) missing(`${event} as of ${item.generation}, not of ${generation}`, atMs);
    else if (item.letter.reason !== letter.reason)
      missing(`${event} says '${item.letter.reason}', not '${letter.reason}'`, atMs);
  }
  return violations;
};

/** Every release came to a delivery, to another parking, or to an operator's word; each event is delivered once. */
const released: Check = ({ trace, people, parkedItems: parked }) => {
  const violations: Violation[] = [];
  const broke = (detail: string, atMs?: number) =>
    violations.push({ invariant: 'released means delivered', detail, ...(atMs === undefined ? {} : { atMs }) });
  const mendedMs = mendedMsOf(trace);
  for (const { event, atMs } of trace.of('stuck')) broke(`${event} is on its way, or ought to be, and nowhere`, atMs);
  for (const { eventId, status } of parked) {
    if (status === 'releasing') broke(`${eventId} is on its way for ever`);
    else if (mendedMs !== undefined && !isSettled(status)) broke(`${eventId} is ${status} after all was mended`);
  }
  for (const { event, record, deliveredMs, letters, releases } of livesOf({ trace, people }).values()) {
    if (deliveredMs.length > 1) broke(`${event} was delivered ${deliveredMs.length} times`, deliveredMs.at(-1)!);
    for (const { atMs, generation } of mendedMs === undefined ? [] : releases) {
      const again = letters.find((letter) => letter.generation > generation)?.letter;
      if (atMs < mendedMs! || again === undefined || people.refused.has(record)) continue;
      if (!lastingCodes.test(again.lastErrorCode)) broke(`${event} failed again when all was mended: ${again.reason}`);
    }
  }
  return violations;
};

/** What nobody can mend: the record is gone. */
const lastingCodes = /resource_missing|ENTITY_IS_DELETED|NOT_FOUND/;

/**
 * When an event is marked, a later state of its record was written, or the record is gone. Where the event tells the state,
 * one that is later, but parked itself, is an operator's to see to.
 */
const superseded: Check = ({ trace, people, plan, parkedItems: parked }) => {
  const lives = livesOf({ trace, people });
  const tabled = new Set(parked.map(({ eventId }) => eventId));
  const applied = Map.groupBy(trace.of('applied'), ({ record }) => record);
  const isLater = (than: Life, one: { readonly version: number; readonly atMs: number }) =>
    plan.payload === 'event' ? one.version > than.version : one.atMs > (than.letters[0]?.atMs ?? 0);
  const commands = trace.of('operator').filter(({ act }) => act === 'discard');
  const violations: Violation[] = [];
  for (const { event, record, atMs } of trace.of('parked').filter(({ status }) => status === 'superseded')) {
    const own = lives.get(event)!;
    const others = [...lives.values()].filter((other) => other.record === record && other.event !== event);
    const written = [
      ...(applied.get(record) ?? []),
      ...others.flatMap(({ version, skippedMs }) => skippedMs.map((skipMs) => ({ version, atMs: skipMs }))),
    ];
    if (written.some((one) => one.atMs <= atMs && isLater(own, one))) continue;
    // Off its key's list by an operator's word, whose process ended before it could say so in the table.
    if (commands.some((command) => command.of === event && command.atMs <= atMs)) continue;
    if (plan.payload === 'event' && others.some((one) => one.version > own.version && tabled.has(one.event))) continue;
    violations.push({ invariant: 'superseded means a later state was delivered', detail: event, atMs });
  }
  return violations;
};

/** Of what was parked of a key when an operator had it erased, nothing is left but that it was there. */
const erased: Check = ({ trace, people, parkedItems: parked }) => {
  const lives = livesOf({ trace, people });
  const commands = trace.of('operator').filter(({ act }) => act === 'erase');
  return commands.flatMap(({ came, process, of, atMs }): Violation[] => {
    const beganMs = commands.find((begun) => begun.process === process)!.atMs;
    if (came !== 'done') return [];
    const left = parked.filter(({ eventId, status }) => {
      if (status === 'erased' || people.recordOf(eventId) !== people.recordOfSubject(of)) return false;
      const { letters, steps } = lives.get(eventId)!;
      // Superseded while it was on its way into the table, it was nowhere to be found; its body went when it came.
      if (status === 'superseded' && steps.every((step) => step.atMs > beganMs)) return false;
      return letters.every((letter) => letter.atMs < beganMs);
    });
    return left.map(({ eventId }) => ({ invariant: 'what is erased stays erased', detail: eventId, atMs }));
  });
};

/** A key's list names what is unsettled of it, and nothing else. */
const emptied: Check = ({ parkedItems: parked, lists }) => {
  const violations: Violation[] = [];
  const left = (detail: string) => violations.push({ invariant: 'the lists are empty when all is settled', detail });
  const open = parked.filter(({ status, subject }) => !isSettled(status) && subject !== undefined);
  for (const { record, events, due, isKept } of lists) {
    for (const { eventId } of events)
      if (!open.some((item) => item.eventId === eventId)) left(`${eventId} is settled, and still in the list`);
    if (events.length === 0 && due) left(`the empty list of record ${record} is due`);
    if (events.length === 0 && isKept) left(`the empty list of record ${record} is kept for ever`);
    if (events.length > 0 && !isKept) left(`the list of record ${record} will be forgotten with events in it`);
  }
  const listed = new Set(lists.flatMap(({ events }) => events.map(({ eventId }) => eventId)));
  for (const { eventId, status } of open) {
    if (!listed.has(eventId)) left(`${eventId} is ${status}, and in no list`);
  }
  return violations;
};

const versions: Check = ({ trace }) => {
  const violations: Violation[] = [];
  const highest = new Map<number, number>();
  for (const { record, version, atMs } of trace.of('claimed')) {
    const before = highest.get(record) ?? -1;
    const detail = `record ${record} from v${before} to v${version}`;
    if (version < before) violations.push({ invariant: 'the applied version never goes back', detail, atMs });
    highest.set(record, Math.max(before, version));
  }
  return violations;
};

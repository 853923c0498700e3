import { claimOf, parseMessage } from '../../../functions/contract/message.ts';
import type { ParkedMessage, ParkList } from '../../../functions/contract/parked.ts';
import { type Context, defineCommand } from '../../command.ts';
import type { OpenStage } from '../../connect-stage.ts';
import { exitCodes } from '../../errors.ts';
import { localStage } from '../../open-stage.ts';
import { flowOption, stageOption } from '../../options.ts';
import { findEvent, type Located, readList, readOfKey } from '../../parked/events.ts';
import { flowsNamed } from '../../parts.ts';
import { durationOf, tableOf } from '../../tables.ts';

/** `millrace parked show ID` */
export const showCommand = defineCommand({
  name: 'parked show',
  summary: 'everything about one of them',
  word: { name: 'ID', required: true },
  help: () => [
    'Shows why an event is parked, what has become of it, and what else of its key is parked. Its message may hold',
    'personal data and is printed only by --body; a settled event no longer has one.',
  ],
  options: {
    ...flowOption,
    body: { type: 'boolean', help: 'print its message, too: it may hold personal data' },
    ...stageOption,
  },
  async run({ word: eventId, values: { flow, body, stage: stageName = localStage } }, context) {
    const flows = flowsNamed(flow, context.integrations);
    const stage = await context.openStage(stageName);
    const found = await findEvent(stage, flows, eventId);
    const list = await readList(stage, found);
    const { subject } = found.event;
    const ofKey = subject === undefined ? [] : await readOfKey(stage, [found.flow], subject);
    context.terminal.print(factsOf(found, context));
    if (list !== undefined && list.events.length > 0) context.terminal.print(`\n${listOf(list, ofKey, found)}`);
    if (!body) return exitCodes.done;
    // Only now, since not everybody may see it.
    const parking = stage.parkingOf(found.flow.integration);
    const message = await parking.store.read(found.flow.name, eventId);
    context.terminal.print(`\n${await bodyOf(message ?? found.event, parking)}`);
    return exitCodes.done;
  },
});

function factsOf({ flow, event }: Located, { now, terminal }: Context): string {
  const time = (ms: number) => `${new Date(ms).toISOString()} (${durationOf(now() - ms)} ago)`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Event', event.eventId],
    ['Type', event.eventType],
    ['Flow', flow.name],
    ['Integration', flow.integration],
    ['Key', event.subject],
    ['Status', event.status],
    ['Note', event.note],
    ['Settled at', event.settledMs === undefined ? undefined : time(event.settledMs)],
    ...(event.status === 'erased' ? [] : letterOf(event)),
    ['Parked at', time(event.parkedMs)],
    ['Generation', String(event.generation)],
    ['Data', event.dataBytes === undefined ? undefined : `${sizeOf(event.dataBytes)}, in the bucket for large data`],
  ];
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return tableOf([], rows, { columns: terminal.columns, wraps: [1] });
}

function letterOf({ letter }: Located['event']): [string, string][] {
  return [
    ['Reason', letter.reason],
    ['Category', letter.category],
    ['Attempts', String(letter.attempts)],
    ['Last error', letter.lastErrorCode],
    ['Correlation id', letter.correlationId],
    ['First seen', letter.firstSeen],
  ];
}

function listOf(list: ParkList, ofKey: readonly Located[], { event: shown }: Located): string {
  const statusOf = new Map(ofKey.map(({ event }) => [event.eventId, event.status]));
  const rows = list.events.map(({ eventId, generation, superseded }, index) => [
    eventId === shown.eventId ? '->' : '',
    String(index + 1),
    eventId,
    superseded ? 'superseded' : (statusOf.get(eventId) ?? 'on its way here'),
    String(generation),
  ]);
  const rule = list.halts
    ? 'Events of this key wait for one another: the first is released, and each lets the next one go.'
    : 'Events of this key do not wait for one another: a later state that is delivered supersedes them.';
  return `${rule}\n${tableOf(['', 'Place', 'Event', 'Status', 'Generation'], rows)}`;
}

/** Waits for more than a function does: somebody is looking on. */
const dataTimeoutMs = 10_000;

async function bodyOf(
  { body, status }: Partial<ParkedMessage>,
  { largeData }: ReturnType<OpenStage['parkingOf']>,
): Promise<string> {
  if (body === undefined) return `There is no message any more: the event is ${status}.`;
  const message = parseMessage(body);
  const claim = message && claimOf(message);
  if (claim === undefined) return pretty(body);
  const data = await largeData.read(claim, dataTimeoutMs);
  if (data.kind === 'read') return pretty(JSON.stringify({ ...message, data: JSON.parse(data.text) }));
  const why = data.kind === 'gone' ? 'is not there any more' : 'was changed there';
  return `${pretty(body)}\n\nIts data, in the bucket for large data, ${why}.`;
}

function sizeOf(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`;
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

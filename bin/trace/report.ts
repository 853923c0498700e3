import type { OpenStage } from '../connect-stage.ts';
import type { Integration } from '../parts.ts';
import { type End, endsOf } from './ends.ts';
import { beginOf, type EventTrace, type FlowTrace, firstSeenOf } from './find-events.ts';
import { type LogEntry, parseEntry } from './log-entry.ts';
import { readSituation, type Situation, subjectOf } from './situation.ts';
import type { Span } from './stage-logs.ts';
import { type State, stateOf } from './state.ts';
import { type Step, stepsOf } from './steps.ts';
import { verdictOf } from './verdict.ts';
import { tellEntry } from './words.ts';

/** What an event is. */
export interface EventFacts {
  readonly integration: string;
  readonly eventId: string;
  readonly eventType: string | undefined;
  /** The entity key. */
  readonly subject: string | undefined;
  readonly correlationId: string | undefined;
  /** When it was received first, Unix milliseconds. */
  readonly receivedMs: number;
  /** Where it went into no flow: what was done with it. */
  readonly unqueued: string | undefined;
}

/** All that there is to tell of one event. */
export interface EventReport extends EventFacts {
  readonly flows: readonly FlowReport[];
}

export interface FlowReport {
  readonly flow: string;
  readonly state: State['name'];
  /** What it has come to, or waits for, in words. */
  readonly verdict: string;
  /** Both records' kinds; undefined of a flow that the integrations no longer have. */
  readonly ends: { readonly source: End; readonly destination: End } | undefined;
  /** The record that was written, where it was. */
  readonly destinationId: string | undefined;
  readonly steps: readonly Step[];
}

export interface ReportServices {
  readonly stage: OpenStage;
  readonly integrations: readonly Integration[];
  readonly span: Span;
  /** How commands name the stage: ` --stage dev`, or nothing. */
  readonly stageOption: string;
  now(): number;
}

export function factsOf(event: EventTrace): EventFacts {
  const entries = [...event.unqueued, ...event.flows.flatMap((flow) => flow.entries)];
  const parked = event.flows.flatMap((flow) => flow.parked ?? []);
  const first = <Value>(values: readonly (Value | undefined)[]) => values.find((value) => value !== undefined);
  return {
    integration: event.integration,
    eventId: event.eventId,
    eventType: first([...entries.map(({ eventType }) => eventType), ...parked.map(({ eventType }) => eventType)]),
    subject: first(event.flows.map(subjectOf)) ?? first(entries.map(({ subject }) => subject)),
    correlationId: first([
      ...entries.map(({ correlationId }) => correlationId),
      ...parked.map(({ letter }) => letter.correlationId || undefined),
    ]),
    receivedMs: beginOf(event),
    unqueued: event.flows.length === 0 ? event.unqueued.map(tellEntry).at(-1) : undefined,
  };
}

/** Reads what is left to know of an event, and puts it into words. */
export async function reportOf(event: EventTrace, services: ReportServices): Promise<EventReport> {
  const flows = [];
  for (const flow of event.flows) flows.push(await flowReport(flow, services));
  return { ...factsOf(event), flows };
}

const nothing: Situation = { held: undefined, heldBack: [], history: undefined, head: undefined, intent: undefined };

/** States in which something is left to wait for. */
const open: readonly State['name'][] = ['queued', 'parking', 'parked', 'waiting', 'releasing'];

async function flowReport(trace: FlowTrace, services: ReportServices): Promise<FlowReport> {
  const { stage, integrations, now, stageOption } = services;
  const state = stateOf(trace);
  const ends = endsOf(trace.flow, integrations);
  const situation = open.includes(state.name) ? await readSituation(stage, trace, ends) : nothing;
  const others = await linesAboutSystems(trace, state, ends, services);
  return {
    flow: trace.flow.name,
    state: state.name,
    verdict: verdictOf(state, trace, situation, now(), stageOption),
    ends,
    destinationId: trace.entries.findLast(({ destinationId }) => destinationId !== undefined)?.destinationId,
    steps: stepsOf(trace, others, situation.intent),
  };
}

const lagMs = 60_000;

/** When the breakers of its systems opened and closed, from its first failure until it was done with. */
async function linesAboutSystems(
  { flow, entries, parked }: FlowTrace,
  state: State,
  ends: FlowReport['ends'],
  { stage, span }: ReportServices,
): Promise<LogEntry[]> {
  const first = entries.find(({ message }) => message === 'attempt failed' || message === 'delivery deferred');
  if (first === undefined || ends === undefined) return [];
  const last = open.includes(state.name) ? undefined : entries.at(-1)?.atMs;
  const beginMs = entries[0]?.atMs ?? (parked === undefined ? first.atMs : firstSeenOf(parked));
  const within = { fromMs: Math.max(span.fromMs, beginMs), toMs: last ?? span.toMs };
  const systems = [ends.source.system, ends.destination.system];
  // A log may give a line a later time than the line itself has.
  const searched = { fromMs: within.fromMs, toMs: within.toMs + lagMs };
  const found = await Promise.all(['breaker opened', 'breaker closed'].map((text) => stage.logs.find(text, searched)));
  return found
    .flatMap(({ lines }) => lines)
    .flatMap((line) => parseEntry(line) ?? [])
    .filter(({ message, integration }) => message.startsWith('breaker ') && integration === flow.integration)
    .filter(
      ({ system, atMs }) => systems.some((one) => one === system) && atMs >= within.fromMs && atMs <= within.toMs,
    );
}

import { durationOf } from '../tables.ts';
import type { FlowTrace } from './find-events.ts';
import type { LogEntry } from './log-entry.ts';
import type { Situation } from './situation.ts';
import type { State } from './state.ts';
import { clockTime, spanOf } from './times.ts';
import { callOf } from './words.ts';

/** What an event has come to, or waits for, in a sentence or two; `stageOption`: how commands name the stage. */
export function verdictOf(
  state: State,
  { flow, parked }: FlowTrace,
  situation: Situation,
  nowMs: number,
  stageOption: string,
): string {
  const command = (words: string) => `\`millrace ${words}${stageOption}\``;
  switch (state.name) {
    case 'delivered':
      return tellDelivered(state);
    case 'skipped':
      return `Skipped: ${state.by.reason}.`;
    case 'parking':
      return `Given up, and on its way into the parked table: ${state.by.reason ?? 'it stands behind another event'}.`;
    case 'queued':
      return tellQueued(state.last, situation, nowMs, command(`resume ${flow.name}`));
    case 'parked':
      return `Parked: ${parked?.letter.reason}. Mend the cause, then release it: ${command(`parked release ${parked?.eventId}`)}`;
    case 'waiting':
      return `Waits behind ${situation.head ?? 'another event'} of its key, which must be released or discarded first.`;
    case 'releasing':
      return `Released. ${tellQueued(state.last, situation, nowMs, command(`resume ${flow.name}`))}`;
    case 'superseded':
      return 'Superseded: a later state of its record was delivered.';
    case 'discarded':
      return `Discarded by an operator${parked?.note === undefined ? '' : `: ${parked.note}`}.`;
    case 'erased':
      return 'Erased by an operator.';
  }
}

function tellDelivered({ by, attempts }: Extract<State, { name: 'delivered' }>): string {
  if (by === undefined) return 'Delivered, after it was released.';
  const { destinationId, created, latencyMs } = by;
  const how = created ? `Delivered to ${destinationId}, which it created` : `Delivered to ${destinationId}`;
  const took = latencyMs === undefined ? '' : `, ${spanOf(latencyMs)} after it was received`;
  return `${how}${took}, at attempt ${attempts}.`;
}

/** Why an event is still in its queue: what holds it all comes before what happened to it last. */
function tellQueued(last: LogEntry | undefined, situation: Situation, nowMs: number, resume: string): string {
  const { held, heldBack, history } = situation;
  if (held === 'operator') return `Waits: its flow is paused. ${resume} lets it go.`;
  if (held !== undefined) return `Waits: its flow held itself (${held}). Mend the cause; ${resume} lets it go.`;
  const [back] = heldBack;
  if (back !== undefined) return tellHeldBack(back, nowMs);
  if (last?.message === 'attempt failed' || last?.message === 'delivery deferred') {
    const why = last.message === 'attempt failed' ? `attempt ${last.attempts} failed at ${callOf(last)}` : callOf(last);
    const dueMs = last.atMs + (last.waitSeconds ?? 0) * 1000;
    const due = dueMs > nowMs ? ` (in ${spanOf(dueMs - nowMs)})` : '';
    return `Waits: ${why}. It is tried again, not before ${clockTime(dueMs)} UTC${due}.`;
  }
  const receives = history?.explained ?? 0;
  if (receives > 0)
    return `Waits in its queue: received ${receives} times, and handed back with what stands before it.`;
  return 'In its queue, and not received yet: events of one key wait for one another.';
}

function tellHeldBack({ system, breaker }: Situation['heldBack'][number], nowMs: number): string {
  const since = durationOf(nowMs - breaker.openedMs);
  if (breaker.reason === 'operator') return `Waits: ${system} has been paused for ${since}.`;
  const how = breaker.reason === 'auth' ? 'has refused our credentials' : 'has not answered';
  const probe = breaker.probeMs > nowMs ? `in ${spanOf(breaker.probeMs - nowMs)}` : 'due';
  return `Waits: ${system} ${how} for ${since}. Next probe ${probe}; it goes on by itself as soon as one succeeds.`;
}

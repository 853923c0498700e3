import { isSettled } from '../../../functions/contract/parked.ts';
import type { Check, Violation } from '../checker.ts';
import type { AtRest } from '../run.ts';
import type { Trace } from '../trace.ts';

/** It comes to rest, soon after the last trouble; and after an outage the backlog moves at once. */
export const restChecks: Check = (world) => {
  const { isAtRest, queue, deadLetters, parkedItems } = world;
  if (isAtRest) return [...lateness(world), ...holding(world), ...cutOff(world), ...recovery(world)];
  const open = parkedItems
    .filter(({ status }) => !isSettled(status))
    .map(({ eventId, status }) => `${eventId} ${status}`);
  const left = `${queue.messages.length} messages are still in the queue, ${deadLetters.messages.length} among the dead letters`;
  return [{ invariant: 'it comes to rest', detail: `${left}, parked: ${open.join(', ') || 'none'}` }];
};

function lateness({ plan, restMs, startMs }: AtRest): Violation[] {
  const lateMs = restMs - startMs - plan.troubleEndsMs;
  const detail = `only ${Math.round(lateMs / 60_000)} min after the last trouble`;
  return lateMs <= plan.expect.restWithinMs ? [] : [{ invariant: 'it comes to rest', detail }];
}

/** Before operators released what is bad for good. */
function holding({ plan, trace, restMs }: AtRest): Violation[] {
  const wasHeld = trace.of('held').some(({ reason, atMs }) => reason !== undefined && atMs <= restMs);
  if (plan.expect.held === undefined || plan.expect.held === wasHeld) return [];
  const detail = wasHeld ? 'held' : 'never held';
  return [{ invariant: 'a refusal of all records holds the flow, and no other', detail }];
}

function cutOff({ trace }: AtRest): Violation[] {
  const cut = trace.of('crashed').filter(({ why }) => why === 'timeout');
  return cut.map(({ atMs }) => ({ invariant: 'an invocation ends before AWS ends it', detail: 'cut off', atMs }));
}

const probeMs = 30_000;
const callTimeoutMs = 10_000;
const landsWithinMs = 60_000;
const slackMs = 1_500;

/**
 * The backlog moves within a probe's interval, its jitter, and one call's timeout of the return, but for a record whose
 * last call got no answer. A record whose message came back while somebody else probed waits one interval more.
 */
function recovery({ plan, trace, startMs }: AtRest): Violation[] {
  const { returnAtMs } = plan.expect;
  if (returnAtMs === undefined) return [];
  const backMs = startMs + returnAtMs;
  const moved = [...movedOf(trace, backMs)].map(([record, atMs]) => ({
    record,
    afterMs: atMs - backMs - (isHung(trace, record, backMs) ? landsWithinMs + callTimeoutMs : 0),
  }));
  if (moved.length === 0) return [];
  const first = moved.reduce((one, other) => (other.afterMs < one.afterMs ? other : one));
  const last = moved.reduce((one, other) => (other.afterMs > one.afterMs ? other : one));
  const within = probeMs * 1.1 + callTimeoutMs + slackMs;
  const tooLate = ({ afterMs, record }: typeof first, ms: number): Violation[] => {
    const detail = `record ${record}: ${Math.round(afterMs / 1000)} s after the return, ${Math.round(ms / 1000)} s are allowed`;
    return afterMs <= ms ? [] : [{ invariant: 'the backlog moves soon after the return', detail, atMs: backMs }];
  };
  return [...tooLate(first, within), ...tooLate(last, 2 * within)];
}

/** When each record with a message that had been tried and was waiting at the return had one settled. */
function movedOf(trace: Trace, backMs: number): Map<number, number> {
  const gone = new Map(
    trace.of('removed').flatMap(({ messageIds, atMs }) => messageIds.map((id) => [id, atMs] as const)),
  );
  const tried = new Set(trace.of('received').flatMap(({ atMs, messageId }) => (atMs < backMs ? [messageId] : [])));
  const moved = new Map<number, number>();
  for (const { messageId, record } of trace.of('queued')) {
    const goneMs = gone.get(messageId) ?? Number.POSITIVE_INFINITY;
    if (!tried.has(messageId) || goneMs <= backMs) continue;
    moved.set(record, Math.min(moved.get(record) ?? Number.POSITIVE_INFINITY, goneMs));
  }
  return moved;
}

/** Whether a call for the record may still have landed, or a create been made, about the time of the return. */
function isHung(trace: Trace, record: number, backMs: number): boolean {
  return trace
    .of('answered')
    .filter(({ correlationId }) => correlationId.split(',').some((id) => id.startsWith(`corr-${record}.`)))
    .filter(({ atMs }) => atMs > backMs - landsWithinMs - callTimeoutMs)
    .some(
      ({ result, operation }) =>
        /timeout|connection/.test(result) || (operation === 'create' && result.startsWith('5')),
    );
}

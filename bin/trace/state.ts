import type { ParkedStatus } from '../../functions/contract/parked.ts';
import type { FlowTrace } from './find-events.ts';
import type { LogEntry } from './log-entry.ts';

/**
 * What has become of an event in one flow, as far as it is known. `queued`: it is in the queue, or was when the logs end.
 * `parking`: it left the queue, and is on its way into the parked table.
 */
export type State =
  | { readonly name: 'delivered'; readonly by: LogEntry | undefined; readonly attempts: number }
  | { readonly name: 'skipped'; readonly by: LogEntry }
  | { readonly name: 'parking'; readonly by: LogEntry }
  | { readonly name: 'queued'; readonly last: LogEntry | undefined }
  | { readonly name: Exclude<ParkedStatus, 'delivered'>; readonly last: LogEntry | undefined };

/** Messages after which delivery has nothing more to do with an event. */
const ends = ['event delivered', 'event skipped', 'event dead-lettered', 'event halted'];

/** Messages that say how a delivery goes. */
const steps = [...ends, 'event queued', 'event released', 'attempt failed', 'delivery deferred', 'flow held'];

/** Of what the logs and the parked table tell, the later one holds. */
export function stateOf({ entries, parked }: Pick<FlowTrace, 'entries' | 'parked'>): State {
  const last = entries.findLast(({ message }) => steps.includes(message));
  const isEnd = last !== undefined && ends.includes(last.message);
  if (parked !== undefined) {
    const { status, settledMs = Number.POSITIVE_INFINITY } = parked;
    if (status === 'parked' || status === 'waiting') return { name: status, last };
    const comesLater = last !== undefined && last.atMs > settledMs;
    if (status === 'releasing' && last?.message !== 'event delivered') return { name: status, last };
    if (status !== 'releasing' && !comesLater && last?.message !== 'event delivered')
      return status === 'delivered' ? { name: status, by: undefined, attempts: 0 } : { name: status, last };
  }
  if (last === undefined || !isEnd) return { name: 'queued', last };
  if (last.message === 'event delivered')
    return { name: 'delivered', by: last, attempts: attemptsBefore(entries, last) };
  return last.message === 'event skipped' ? { name: 'skipped', by: last } : { name: 'parking', by: last };
}

/** Attempts that it took, the last one included: those of this life in the queue. */
function attemptsBefore(entries: readonly LogEntry[], delivered: LogEntry): number {
  const until = entries.slice(0, entries.indexOf(delivered));
  const begins = until.findLastIndex(({ message }) => message === 'event dead-lettered' || message === 'event halted');
  const counts = until
    .slice(begins + 1)
    .map(({ message, attempts = 0 }) => (message === 'attempt failed' ? attempts : 0));
  return Math.max(0, ...counts) + 1;
}

import type { History } from '../contract/delivery.ts';

/** A message of a batch with what its earlier receives left behind. */
export interface Received {
  readonly record: { readonly receiveCount: number };
  readonly history: History;
}

/** Whether an earlier receive ended in a way that nothing explains: the function was killed while it held the message. */
export function isSuspect({ record, history }: Received): boolean {
  return history.suspect || history.explained < record.receiveCount - 1;
}

/** The part of a group that may run beside others, and the part that begins with its first suspect. */
export function splitAtSuspect<Message extends Received>(group: readonly Message[]): [Message[], Message[]] {
  const first = group.findIndex(isSuspect);
  return first === -1 ? [[...group], []] : [group.slice(0, first), group.slice(first)];
}

/**
 * The suspect to run alone: one with the fewest marks, so that those who only were in a killer's company are cleared
 * first. Undefined where there is none.
 */
export function nextSuspect<Message extends Received>(groups: readonly (readonly Message[])[]): Message | undefined {
  const heads = groups.flatMap((group) => group.slice(0, 1));
  return heads.toSorted((one, other) => one.history.marks - other.history.marks)[0];
}

/** What a message that is about to run alone leaves behind, should it kill the function. */
export function marked(history: History, nowMs: number): History {
  return { ...history, suspect: true, marks: history.marks + 1, firstMarkMs: history.firstMarkMs ?? nowMs };
}

/** What a hand-back leaves behind of a message that was not run: its receives are explained, a suspicion stays. */
export function waited(received: Received): History {
  return { ...received.history, suspect: isSuspect(received), explained: received.record.receiveCount };
}

/** What a hand-back leaves behind of a message that was run and had an outcome: it did not kill the function. */
export function cleared({ record }: Received, history: History): History {
  return { ...history, suspect: false, marks: 0, firstMarkMs: undefined, explained: record.receiveCount };
}

/** Whether a message has killed the function often enough, while others went through, to be parked for it. */
export function isKiller(history: History, marks: number, lastCompletedMs: number | undefined): boolean {
  const { firstMarkMs } = history;
  return (
    history.marks >= marks &&
    firstMarkMs !== undefined &&
    lastCompletedMs !== undefined &&
    lastCompletedMs > firstMarkMs
  );
}

import { type History, noHistory, type QueueRecord } from '../contract/delivery.ts';
import { cleared, waited } from '../engine/crash-guard.ts';
import { waitSeconds } from '../engine/retry.ts';
import type { Received } from './deliver-group.ts';
import type { DeliverServices } from './services.ts';

export interface HandBack {
  readonly waitMs: number;
  /** What the first message leaves behind, where it was run and had an outcome. */
  readonly history?: History;
  /** Not a failure: it was only not begun, and comes back at once. */
  readonly immediate?: boolean;
}

/**
 * Hands back what is left of a group, the first message and all that follow it, with one wait: left with the queue's own
 * timeout the followers would block their group for minutes after it is due. Every receive is explained before it ends;
 * one that isn't was a crash.
 */
export async function handBack(left: readonly Received[], how: HandBack, services: DeliverServices): Promise<void> {
  const { histories, queue, policies, telemetry, now } = services;
  const [first, ...followers] = left;
  if (first === undefined) return;
  const seconds = how.immediate ? 0 : waitSeconds(how.waitMs, now() - first.record.sentMs, policies);
  const own = how.history === undefined ? waited(first) : cleared(first, how.history);
  const written = new Map([
    [first.record.messageId, own],
    ...followers.map((received) => [received.record.messageId, waited(received)] as const),
  ]);
  try {
    await histories.write(written);
    await queue.handBack(
      left.map(({ record }) => record),
      seconds,
    );
  } catch (error) {
    // They come back after the queue's own timeout, in order: late, not lost.
    telemetry.warn('hand-back failed', { waitSeconds: seconds }, error);
  }
}

/**
 * Hands back a group that nothing could be read of. Messages that came before have a history, which must not be written
 * over unread: they come back as suspects, and are cleared as soon as they are run.
 */
export async function handBackUnread(
  group: readonly QueueRecord[],
  waitMs: number,
  { histories, queue, policies, telemetry, now }: DeliverServices,
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const seconds = waitSeconds(waitMs, now() - first.sentMs, policies);
  const fresh = group.filter(({ receiveCount }) => receiveCount === 1);
  const written = fresh.map((record) => [record.messageId, waited({ record, history: noHistory })] as const);
  const results = await Promise.allSettled([histories.write(new Map(written)), queue.handBack(group, seconds)]);
  for (const result of results)
    if (result.status === 'rejected') telemetry.warn('hand-back failed', { waitSeconds: seconds }, result.reason);
}

import type { History } from '../contract/delivery.ts';
import { isKiller, marked } from '../engine/crash-guard.ts';
import { waitSeconds } from '../engine/retry.ts';
import { completions } from './answers.ts';
import { deliverSafely, type Received } from './deliver-group.ts';
import { handBack } from './hand-back.ts';
import type { DeliverServices } from './services.ts';

/**
 * Runs a suspect behind a start mark: should it kill the function, the mark stays. One that did so often enough, while
 * others went through, is parked without another start. Answers whether it is settled.
 */
export async function runAlone(suspect: Received, services: DeliverServices): Promise<boolean> {
  const { answers, policies, flow, now } = services;
  // Its own key can't have completed since its first mark: it stands before all that follow in its group.
  const lastCompletedMs = await answers.lastSuccessMs(completions(flow.name));
  const kills = isKiller(suspect.history, policies.crash.marks, lastCompletedMs);
  // Parked like any other: its last run may have delivered it before it ended.
  const history = kills ? { ...suspect.history, parkAs: killer(suspect.history) } : marked(suspect.history, now());
  if (!kills) await mark(suspect, history, services);
  const settlement = await deliverSafely({ ...suspect, history }, services);
  if (settlement === 'settled') return true;
  await handBack([suspect], settlement, services);
  return false;
}

/**
 * The queue waits six times a function's timeout for one that was killed: as a message that kills again and again grows
 * old, it is made to wait longer, or it would use up the receives that the queue allows.
 */
async function mark({ record }: Received, history: History, services: DeliverServices): Promise<void> {
  const { histories, queue, policies, now, remainingMs } = services;
  await histories.write(new Map([[record.messageId, history]]));
  const floor = waitSeconds(0, now() - record.sentMs, policies);
  if (floor * 1000 > 6 * remainingMs()) await queue.handBack([record], floor);
}

function killer({ marks }: History): History['parkAs'] {
  const times = marks === 1 ? 'once' : `${marks} times`;
  const reason = `it ended the function ${times}, alone, while others went through`;
  return { reason, category: 'permanent', code: 'kills-the-function' };
}

import type { Message } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import { settleReleased } from '../parking/settle-released.ts';
import { finishSuperseded } from '../parking/supersede.ts';
import type { Delivered } from '../state/once.ts';
import { completions } from './answers.ts';
import type { Attempted } from './attempt.ts';
import { describe } from './describe.ts';
import type { DeliverServices } from './services.ts';

type Done = Extract<Attempted, { kind: 'done' }>;

/**
 * Settles an event that is done with, and what that means for parked events of its key. Every step may be repeated: the
 * message stays in the queue until all are done.
 */
export async function settle(message: Message, done: Done, services: DeliverServices): Promise<'settled'> {
  await tell(message, done, services);
  const { flow, parking, once } = services;
  const key = { flow: flow.name, subject: message.subject };
  if (message.releasedgeneration !== undefined)
    await settleReleased({ ...key, eventId: message.id }, done.delivered, parking);
  // A run before this one may have noted what was superseded, and then ended.
  else if (done.seenBefore || (done.list?.events.length ?? 0) > 0) await finishSuperseded(key, parking, once);
  return 'settled';
}

async function tell(message: Message, { delivered, seenBefore }: Done, services: DeliverServices): Promise<void> {
  const { telemetry, now, answers, flow } = services;
  const about = describe(message, services);
  if (seenBefore || !('destinationId' in delivered)) {
    telemetry.count(metricNames.eventSkipped);
    telemetry.info('event skipped', { ...about, reason: seenBefore ? 'seen before' : reasonOf(delivered) });
    return;
  }
  const latencyMs = Math.max(0, now() - Date.parse(message.receivedtime));
  telemetry.count(metricNames.eventDelivered);
  // The time that one was parked says nothing of how fast deliveries are.
  if (message.releasedgeneration === undefined) telemetry.milliseconds(metricNames.deliveryLatency, latencyMs);
  telemetry.info('event delivered', { ...about, ...delivered, latencyMs });
  // Not of what was skipped: nothing was written, so it says nothing of whether the destination takes records.
  await answers.note(completions(flow.name), message.subject, true);
}

function reasonOf(delivered: Delivered): string {
  return 'older' in delivered ? 'a later state was applied' : 'record is gone';
}

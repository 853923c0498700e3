import { metricNames } from '../contract/metric-names.ts';
import { isSettled, type ParkedEvent } from '../contract/parked.ts';
import { contended, whileContended } from '../engine/contended.ts';
import type { ParkingServices } from './services.ts';

/**
 * `released`: it is on its way back. `absent`: it is not in the parked table. `not-parked`: it is settled. `behind`:
 * another event of its key must be delivered before it. `no-message`: what was parked is none of our messages, and can
 * only be discarded.
 */
export type Released = 'released' | 'absent' | 'not-parked' | 'behind' | 'no-message';

/**
 * Sends a parked event back into its flow's queue. The move to `releasing` comes before the sending, so that it may be
 * repeated: what is `releasing` is sent again. Within five minutes SQS drops the repeat; a later one is skipped, or parked
 * where it stood, on delivery.
 * @throws {Error} where AWS could not be had: do it again.
 */
export async function release(
  { flow, eventId }: Pick<ParkedEvent, 'flow' | 'eventId'>,
  { store, lists, releases, telemetry, now }: ParkingServices,
): Promise<Released> {
  return whileContended(`The event ${eventId}`, async () => {
    const event = await store.read(flow, eventId);
    if (event === undefined) return 'absent';
    if (isSettled(event.status)) return 'not-parked';
    if (event.subject === undefined || event.body === undefined) return 'no-message';
    const { halts, events } = await lists.read(flow, event.subject);
    const place = events.findIndex((listed) => listed.eventId === eventId);
    // One that is on its way and off its list is being settled right now: sent again, it is skipped.
    const isLeaving = place === -1 && event.status === 'releasing';
    if (halts && events.length > 0 && place !== 0 && !isLeaving) return 'behind';
    const step = { from: ['parked', 'waiting'], to: 'releasing', atMs: now() } as const;
    // Lost: somebody else was faster, and what they made of it counts.
    if (event.status !== 'releasing' && !(await store.move(event, step))) return contended;
    await releases.release(event, event.body);
    telemetry.count(metricNames.eventReleased);
    telemetry.info('event released', { ...aboutOf(event), correlationId: event.letter.correlationId });
    return 'released';
  });
}

function aboutOf({ flow, eventId, subject, eventType }: ParkedEvent) {
  return {
    flow,
    eventId,
    ...(subject === undefined ? {} : { subject }),
    ...(eventType === undefined ? {} : { eventType }),
  };
}

import { type Message, parseMessage } from '../contract/message.ts';
import type { ParkList } from '../contract/parked.ts';
import { settlingMs } from '../contract/timing.ts';
import { contended, whileContended } from '../engine/contended.ts';
import { type Attempted, attempt } from './attempt.ts';
import type { Received } from './deliver-group.ts';
import { afterFailure, afterLock, type GivenUp, isLate } from './failure.ts';
import type { HandBack } from './hand-back.ts';
import { deadLetterOf, park, parkUnreadable, sendLetter } from './park.ts';
import type { DeliverServices } from './services.ts';
import { settle } from './settle.ts';

/** `settled`: done with, the queue may delete it. Otherwise it goes back, with all that follow it in its group. */
export type Settlement = 'settled' | HandBack;

/** Delivers one message, or decides what becomes of it. Throws only when dead letters or state can't be had. */
export async function deliverOne(received: Received, services: DeliverServices): Promise<Settlement> {
  if (services.remainingMs() < services.callTimeoutMs + settlingMs) return { waitMs: 0, immediate: true };
  const message = parseMessage(received.record.body);
  if (message === undefined) return parkUnreadable(received.record, services);
  let { history } = received;
  return whileContended(`The park list of ${message.subject}`, async () => {
    const current = { ...received, history };
    const ended = await attempt(current, message, services);
    const next = await carryOut(ended, current, message, services);
    if ('settlement' in next) {
      const isDone = next.settlement === 'settled';
      if (isDone && isLate(received.history, services)) await services.late.settle(services.flow.name, message.id);
      return next.settlement;
    }
    // The list changed meanwhile: the event may be settled by now, or stand behind another one.
    history = next.again;
    return contended;
  });
}

/** Does what an attempt decided. What is to be parked still was not, where the key's list changed meanwhile. */
async function carryOut(
  ended: Attempted,
  received: Received,
  message: Message,
  services: DeliverServices,
): Promise<{ readonly settlement: Settlement } | { readonly again: Received['history'] }> {
  const { record, history } = received;
  switch (ended.kind) {
    case 'done':
      return { settlement: await settle(message, ended, services) };
    case 'in-progress':
      return { settlement: afterLock(received, message, ended.freeInMs, services) };
    case 'stands':
      return { settlement: await sendLetter(record, message, ended.entry, services) };
    case 'behind': {
      const parked = await park(record, message, ended.list, undefined, services);
      return parked ? { settlement: 'settled' } : { again: history };
    }
    case 'park':
      return parkAs({ as: ended.as, history }, ended.list, record, message, services);
    case 'failed': {
      const judged = await afterFailure(received, message, ended.failure, services);
      if (!('as' in judged)) return { settlement: judged };
      const list = ended.list ?? (await services.parking.lists.read(services.flow.name, message.subject));
      return parkAs(judged, list, record, message, services);
    }
  }
}

async function parkAs(
  { as, history }: GivenUp,
  list: ParkList,
  record: Received['record'],
  message: Message,
  services: DeliverServices,
): Promise<{ readonly settlement: Settlement } | { readonly again: Received['history'] }> {
  const parked = await park(record, message, list, deadLetterOf(message, as, history.attempts), services);
  // What was decided is kept, without another call.
  return parked ? { settlement: 'settled' } : { again: { ...history, parkAs: as } };
}

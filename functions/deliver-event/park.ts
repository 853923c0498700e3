import type { DeadLetter, QueueRecord } from '../contract/delivery.ts';
import type { Message } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { ListedEvent, ParkList } from '../contract/parked.ts';
import { entryOf, haltedLetter, isFull, nextGeneration, unlistedCode, withParked } from '../engine/park-list.ts';
import { isTooOld } from '../engine/retry.ts';
import { describe } from './describe.ts';
import type { ParkAs } from './reading.ts';
import type { DeliverServices } from './services.ts';

/**
 * Thrown where a key has so many parked events that its list has no place for another. Events of the key are handed back
 * until an operator has released or discarded what is parked.
 */
export class ParkListFullError extends Error {
  constructor(subject: string) {
    super(`The list of parked events of ${subject} is full. Release or discard what is parked of it.`);
    this.name = 'ParkListFullError';
  }
}

/**
 * Parks an event: it gets its place in its key's list first, and is sent to the dead letters second. A crash between the
 * two leaves it in the queue, and its place says at the next receive what was decided. `letter`: why; undefined where it
 * only stands behind another. Answers false where somebody else changed the list: then it must be looked at anew.
 */
export async function park(
  record: QueueRecord,
  message: Message,
  list: ParkList,
  letter: DeadLetter | undefined,
  services: DeliverServices,
): Promise<boolean> {
  const { flow, policies, parking, now } = services;
  const arrival = { eventId: message.id, releasedGeneration: message.releasedgeneration };
  const entry = { eventId: message.id, generation: nextGeneration(arrival, list), letter, superseded: false };
  const next = withParked(list, entry, policies.parking.afterDeadLetter === 'halt-key');
  if (entryOf(list, message.id) === undefined && isFull(next)) {
    if (!isTooOld(now() - record.sentMs, policies)) throw new ParkListFullError(message.subject);
    // Its queue would forget it.
    await sendLetter(record, message, { ...entry, letter: unlistedLetterOf(message, letter) }, services);
    return true;
  }
  if ((await parking.lists.replace(flow.name, message.subject, list, next)) === undefined) return false;
  await sendLetter(record, message, entry, services);
  return true;
}

/** Sends the dead letter of an event that has its place in the list; SQS drops a repeat within five minutes. */
export async function sendLetter(
  record: QueueRecord,
  message: Message,
  { eventId, generation, letter }: ListedEvent,
  services: DeliverServices,
): Promise<'settled'> {
  const { queue, telemetry } = services;
  const sent = letter ?? haltedLetterOf(message);
  await queue.sendDeadLetter(record, { eventId, generation }, sent);
  const { reason, category, lastErrorCode: code, attempts } = sent;
  const about = { ...describe(message, services), reason, category, code, attempts };
  if (letter === undefined) {
    telemetry.count(metricNames.eventHalted);
    telemetry.info('event halted', about);
  } else {
    telemetry.count(metricNames.eventDeadLettered);
    telemetry.warn('event dead-lettered', about);
  }
  return 'settled';
}

/** A dead letter's attributes: codes and names, none of the values that the event or an answer holds. */
export function deadLetterOf(message: Message, { reason, category, code }: ParkAs, attempts: number): DeadLetter {
  const { correlationid: correlationId, receivedtime: firstSeen } = message;
  return { reason, category, attempts, lastErrorCode: code, correlationId, firstSeen };
}

function haltedLetterOf({ correlationid: correlationId, receivedtime: firstSeen }: Message): DeadLetter {
  return { ...haltedLetter, attempts: 0, correlationId, firstSeen };
}

function unlistedLetterOf(message: Message, letter: DeadLetter | undefined): DeadLetter {
  const reason = `${letter?.reason ?? haltedLetter.reason}, and the list of its key is full`;
  return { ...(letter ?? haltedLetterOf(message)), reason, category: 'permanent', lastErrorCode: unlistedCode };
}

/** Parks something in the queue that is none of our messages: it has no key, and no place in any list. */
export async function parkUnreadable(
  record: QueueRecord,
  { queue, telemetry, now, flow }: DeliverServices,
): Promise<'settled'> {
  const letter = {
    reason: 'the body is not a message of this version',
    category: 'permanent',
    attempts: 0,
    lastErrorCode: 'not-a-message',
    correlationId: 'none',
    firstSeen: new Date(now()).toISOString(),
  };
  await queue.sendDeadLetter(record, { eventId: record.messageId, generation: 1 }, letter);
  const { reason, category, lastErrorCode: code, attempts } = letter;
  telemetry.count(metricNames.eventDeadLettered);
  telemetry.warn('event dead-lettered', { flow: flow.name, reason, category, code, attempts });
  return 'settled';
}

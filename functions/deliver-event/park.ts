import type { DeadLetter, QueueRecord } from '../contract/delivery.ts';
import type { Message } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { LogFields } from '../contract/telemetry.ts';
import type { DeliverServices } from './services.ts';

/** Sent to the dead letters first, settled after: a crash between the two sends it twice, and SQS drops the second. */
export async function park(
  record: QueueRecord,
  deadLetter: DeadLetter,
  about: LogFields,
  { queue, telemetry }: DeliverServices,
): Promise<'settled'> {
  await queue.sendDeadLetter(record, deadLetter);
  telemetry.count(metricNames.eventDeadLettered);
  const { reason, category, lastErrorCode: code, attempts } = deadLetter;
  telemetry.warn('event dead-lettered', { ...about, reason, category, code, attempts });
  return 'settled';
}

/** A dead letter's attributes: codes and names, none of the values that the event or an answer holds. */
export function deadLetterOf(
  message: Message,
  reason: string,
  code: string,
  category: string,
  attempts: number,
): DeadLetter {
  const { correlationid: correlationId, receivedtime: firstSeen } = message;
  return { reason, category, attempts, lastErrorCode: code, correlationId, firstSeen };
}

/** Of something in the queue that is none of our messages. */
export function notAMessage(nowMs: number): DeadLetter {
  return {
    reason: 'the body is not a message of this version',
    category: 'permanent',
    attempts: 0,
    lastErrorCode: 'not-a-message',
    correlationId: 'none',
    firstSeen: new Date(nowMs).toISOString(),
  };
}

import type { DeadLetter } from '../contract/delivery.ts';
import { parseMessage } from '../contract/message.ts';
import type { ParkedMessage } from '../contract/parked.ts';
import { haltedLetter, unlistedCode } from '../engine/park-list.ts';

/** What came out of a flow's queue of dead letters. */
export interface DeadLetterRecord {
  readonly flow: string;
  readonly messageId: string;
  readonly groupId: string;
  /** When it came there, Unix milliseconds. */
  readonly sentMs: number;
  /** As it was in the flow's queue. */
  readonly body: string;
  /** What delivery sent with it; undefined where SQS itself moved it, after too many receives. */
  readonly sent: { readonly letter: DeadLetter; readonly generation: number } | undefined;
}

export interface ToPark {
  readonly event: ParkedMessage;
  /** Whether delivery gave it a place in its key's list. */
  readonly isListed: boolean;
}

/** What is to be stored of a dead letter. */
export function toPark({ flow, messageId, groupId, sentMs, body, sent }: DeadLetterRecord): ToPark {
  const message = parseMessage(body);
  const { correlationid: correlationId = 'none', receivedtime } = message ?? {};
  const firstSeen = receivedtime ?? new Date(sentMs).toISOString();
  const letter = sent?.letter ?? { ...redriven, correlationId, firstSeen };
  return {
    event: {
      flow,
      eventId: message?.id ?? messageId,
      subject: message?.subject,
      eventType: message?.type,
      groupId,
      generation: sent?.generation ?? (message?.releasedgeneration ?? 0) + 1,
      status: letter.category === haltedLetter.category ? 'waiting' : 'parked',
      letter,
      parkedMs: sentMs,
      settledMs: undefined,
      note: undefined,
      body,
    },
    isListed: message !== undefined && sent !== undefined && letter.lastErrorCode !== unlistedCode,
  };
}

/** What SQS says of its own redrive: nothing. */
const redriven = {
  reason: 'received too often',
  category: 'permanent',
  attempts: 0,
  lastErrorCode: 'received-too-often',
};

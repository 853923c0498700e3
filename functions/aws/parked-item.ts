import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DeadLetter } from '../contract/delivery.ts';
import { parkedMetadata } from '../contract/names.ts';
import { type ParkedMessage, type ParkedStatus, parkedStatuses } from '../contract/parked.ts';

export type Attributes = Record<string, AttributeValue>;

/** The attributes of a parked event that is not settled, but for its key. `unsettled`: its place in the index. */
export function toAttributes(event: ParkedMessage, unsettled: string): Attributes {
  const { subject, eventType, body } = event;
  return {
    status: { S: event.status },
    generation: { N: String(event.generation) },
    groupId: { S: event.groupId },
    letter: { M: letterAttributes(event.letter) },
    parkedMs: { N: String(event.parkedMs) },
    unsettled: { S: unsettled },
    ...(event.dataBytes === undefined ? {} : { dataBytes: { N: String(event.dataBytes) } }),
    ...texts({ subject, eventType, body }),
  };
}

function texts(values: Readonly<Record<string, string | undefined>>): Attributes {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, { S: value }]])),
  );
}

function letterAttributes({ attempts, ...letter }: DeadLetter): Attributes {
  return { ...texts({ ...letter }), attempts: { N: String(attempts) } };
}

/** Reads an item, whole or as the index shows it: what an erased one lacks is empty. */
export function toParkedMessage(flow: string, item: Attributes): ParkedMessage {
  return {
    flow,
    eventId: item.sk?.S ?? '',
    subject: item.subject?.S,
    eventType: item.eventType?.S,
    groupId: item.groupId?.S ?? '',
    generation: Number(item.generation?.N ?? 0),
    status: statusOf(item.status?.S),
    letter: toLetter(item.letter?.M ?? {}),
    parkedMs: Number(item.parkedMs?.N ?? 0),
    settledMs: item.settledMs?.N === undefined ? undefined : Number(item.settledMs.N),
    note: item.note?.S,
    dataBytes: item.dataBytes?.N === undefined ? undefined : Number(item.dataBytes.N),
    body: item.body?.S,
  };
}

function statusOf(text: string | undefined): ParkedStatus {
  const status = parkedStatuses.find((known) => known === text);
  if (status === undefined) throw new Error(`The parked table has a status '${text}'. Deploy the newest version.`);
  return status;
}

function toLetter(letter: Attributes): DeadLetter {
  const text = (name: keyof DeadLetter) => letter[name]?.S ?? '';
  return {
    reason: text('reason'),
    category: text('category'),
    attempts: Number(letter.attempts?.N ?? 0),
    lastErrorCode: text('lastErrorCode'),
    correlationId: text('correlationId'),
    firstSeen: text('firstSeen'),
  };
}

/** Asks for everything but the body, which may have 200 KB, and which not everybody may see. */
export const notTheBody = {
  ProjectionExpression: parkedMetadata.map((name) => (name === 'status' ? '#status' : name)).join(', '),
  // A word that DynamoDB keeps to itself.
  ExpressionAttributeNames: { '#status': 'status' },
};

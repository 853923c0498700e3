import type { DeadLetter, QueueRecord } from '../contract/delivery.ts';
import { type Message, parseMessage } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { LogFields } from '../contract/telemetry.ts';
import { MappingError } from '../engine/map-record.ts';
import type { Failure } from '../engine/outcome.ts';
import { judge } from '../engine/retry.ts';
import type { Delivered } from './once.ts';
import type { DeliverServices } from './services.ts';
import { eventKey, writeThrough } from './write-through.ts';

/** `settled`: done with, the queue may delete it. Otherwise it goes back, with all that follow it in its group. */
export type Settlement = 'settled' | { readonly waitSeconds: number };

/** A call must be able to time out, and its failure to be recorded, before AWS stops the function. */
const afterCallMs = 2_000;

/** Delivers one message, or decides what becomes of it. Throws only when dead letters or state can't be had. */
export async function deliverOne(record: QueueRecord, services: DeliverServices): Promise<Settlement> {
  if (services.remainingMs() < services.callTimeoutMs + afterCallMs) return { waitSeconds: 0 };
  const message = parseMessage(record.body);
  if (message === undefined) return park(record, notAMessage(services.now()), {}, services);
  if (message.invalidreason !== undefined) {
    const deadLetter = deadLetterOf(message, message.invalidreason, 'invalid-event', 'permanent', 0);
    return park(record, deadLetter, describe(message, services), services);
  }
  const ended = await attempt(record, message, services);
  if (ended.kind === 'in-progress') return afterLock(record, message, ended.freeInMs, services);
  if (ended.kind === 'done') return settle(message, ended, services);
  return afterFailure(record, message, ended.failure, services);
}

type Attempted =
  | { kind: 'done'; delivered: Delivered; seenBefore: boolean }
  | { kind: 'in-progress'; freeInMs: number }
  | { kind: 'failed'; failure: Failure };

/** Carries a failed outcome through the idempotency wrapper, which forgets the event when its work throws. */
class WorkFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.code);
    this.name = 'WorkFailed';
    this.failure = failure;
  }
}

async function attempt(record: QueueRecord, message: Message, services: DeliverServices): Promise<Attempted> {
  try {
    return await services.once(eventKey(services.flow, message), async () => {
      const outcome = await writeThrough(message, record.receiveCount > 1, services);
      if (outcome.kind !== 'success') throw new WorkFailed(outcome);
      return outcome.value;
    });
  } catch (error) {
    if (error instanceof WorkFailed) return { kind: 'failed', failure: error.failure };
    services.telemetry.warn('unexpected error', describe(message, services), error);
    // A mapping that throws will throw again. Anything else is our own trouble, DynamoDB's most likely: no attempt.
    const failure: Failure =
      error instanceof MappingError
        ? { kind: 'permanent', code: error.code, operation: 'map' }
        : { kind: 'busy', code: 'internal-error', operation: 'deliver' };
    return { kind: 'failed', failure };
  }
}

function settle(message: Message, { delivered, seenBefore }: Attempted & { kind: 'done' }, services: DeliverServices) {
  const { telemetry, now } = services;
  const about = describe(message, services);
  if (seenBefore || 'gone' in delivered) {
    telemetry.count(metricNames.eventSkipped);
    telemetry.info('event skipped', { ...about, reason: seenBefore ? 'seen before' : 'record is gone' });
  } else {
    const latencyMs = Math.max(0, now() - Date.parse(message.receivedtime));
    telemetry.count(metricNames.eventDelivered);
    telemetry.milliseconds(metricNames.deliveryLatency, latencyMs);
    telemetry.info('event delivered', { ...about, ...delivered, latencyMs });
  }
  return 'settled' as const;
}

/** A run that was cut off left its lock, which ends with the time that the run had. */
function afterLock(record: QueueRecord, message: Message, freeInMs: number, services: DeliverServices): Settlement {
  const waitSeconds = Math.ceil(freeInMs / 1000);
  const about = { ...describe(message, services), waitSeconds, receiveCount: record.receiveCount };
  services.telemetry.count(metricNames.deliveryDeferred);
  services.telemetry.warn('delivery deferred', { ...about, reason: 'in progress' });
  return { waitSeconds };
}

async function afterFailure(record: QueueRecord, message: Message, failure: Failure, services: DeliverServices) {
  const { telemetry, tallies, policies, random } = services;
  const about = { ...describe(message, services), ...describeFailure(failure) };
  const counter = failure.kind === 'transient' ? 'attempts' : 'deferrals';
  const tally = await tallies.add(eventKey(services.flow, message), counter);
  const verdict = judge(failure, tally, policies, random);
  if (verdict.action === 'dead-letter') {
    const reason = verdict.reason === 'attempts' ? `attempts: ${tally.attempts} calls failed` : 'permanent failure';
    const text = `${reason} at ${failure.operation}`;
    return park(record, deadLetterOf(message, text, failure.code, failure.kind, tally.attempts), about, services);
  }
  const { waitSeconds } = verdict;
  telemetry.count(verdict.attempt ? metricNames.attemptFailed : metricNames.deliveryDeferred);
  const line = verdict.attempt ? 'attempt failed' : 'delivery deferred';
  telemetry.warn(line, { ...about, waitSeconds, attempts: tally.attempts, receiveCount: record.receiveCount });
  return { waitSeconds };
}

/** Sent to the dead letters first, settled after: a crash between the two sends it twice, and SQS drops the second. */
async function park(record: QueueRecord, deadLetter: DeadLetter, about: LogFields, services: DeliverServices) {
  await services.queue.sendDeadLetter(record, deadLetter);
  services.telemetry.count(metricNames.eventDeadLettered);
  const { reason, category, lastErrorCode: code, attempts } = deadLetter;
  services.telemetry.warn('event dead-lettered', { ...about, reason, category, code, attempts });
  return 'settled' as const;
}

function deadLetterOf(message: Message, reason: string, code: string, category: string, attempts: number): DeadLetter {
  const { correlationid: correlationId, receivedtime: firstSeen } = message;
  return { reason, category, attempts, lastErrorCode: code, correlationId, firstSeen };
}

function notAMessage(nowMs: number): DeadLetter {
  const firstSeen = new Date(nowMs).toISOString();
  const reason = 'the body is not a message of this version';
  return {
    reason,
    category: 'permanent',
    attempts: 0,
    lastErrorCode: 'not-a-message',
    correlationId: 'none',
    firstSeen,
  };
}

function describe(message: Message, { flow }: DeliverServices): LogFields {
  const { correlationid: correlationId, id: eventId, type: eventType, subject } = message;
  return { correlationId, eventId, eventType, flow: flow.name, subject };
}

function describeFailure({ operation, status, code, kind: category }: Failure): LogFields {
  return { operation, status, code, category };
}

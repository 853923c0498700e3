import { type Message, parseMessage } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import { settlingMs } from '../contract/timing.ts';
import { MappingError } from '../engine/map-record.ts';
import type { Failure } from '../engine/outcome.ts';
import { isTooOld, judge } from '../engine/retry.ts';
import { completions } from './answers.ts';
import type { Received } from './deliver-group.ts';
import { describe, describeFailure } from './describe.ts';
import type { HandBack } from './hand-back.ts';
import type { Delivered } from './once.ts';
import { deadLetterOf, notAMessage, park } from './park.ts';
import type { DeliverServices } from './services.ts';
import { eventKey, writeThrough } from './write-through.ts';

/** `settled`: done with, the queue may delete it. Otherwise it goes back, with all that follow it in its group. */
export type Settlement = 'settled' | HandBack;

/** Delivers one message, or decides what becomes of it. Throws only when dead letters or state can't be had. */
export async function deliverOne({ record, history }: Received, services: DeliverServices): Promise<Settlement> {
  if (services.remainingMs() < services.callTimeoutMs + settlingMs) return { waitMs: 0, immediate: true };
  const message = parseMessage(record.body);
  if (message === undefined) return park(record, notAMessage(services.now()), {}, services);
  const about = describe(message, services);
  const parkFor = (reason: string, category: string, code: string) =>
    park(record, deadLetterOf(message, reason, code, category, history.attempts), about, services);
  if (message.invalidreason !== undefined) return parkFor(message.invalidreason, 'permanent', 'invalid-event');
  const ended = await attempt({ record, history }, message, services);
  if (ended.kind === 'park') return parkFor(ended.reason, ended.category, ended.code);
  if (ended.kind === 'in-progress') return afterLock({ record, history }, message, ended.freeInMs, services);
  if (ended.kind === 'done') return settle(message, ended, services);
  return afterFailure({ record, history }, message, ended.failure, services);
}

type Attempted =
  | { kind: 'done'; delivered: Delivered; seenBefore: boolean }
  | { kind: 'in-progress'; freeInMs: number }
  | { kind: 'park'; reason: string; category: string; code: string }
  | { kind: 'failed'; failure: Failure };

/** Makes the idempotency wrapper forget the event; how it ended is known outside. */
class NotDone extends Error {}

const tooOld = { reason: 'older than a queue may keep it', category: 'transient', code: 'too-old' };

/** "Seen before" is decided first of all: what was delivered is never parked. */
async function attempt({ record, history }: Received, message: Message, services: DeliverServices): Promise<Attempted> {
  const isOld = isTooOld(services.now() - record.sentMs, services.policies);
  const parkAs = history.parkAs ?? (isOld ? tooOld : undefined);
  // Kept here, since an error that goes through the wrapper is lost where the lock can't be released.
  let ended: Attempted | undefined;
  try {
    return await services.once(eventKey(services.flow, message), async () => {
      if (parkAs !== undefined) ended = { kind: 'park', ...parkAs };
      else {
        const outcome = await writeThrough(message, services);
        if (outcome.kind === 'success') return outcome.value;
        ended = { kind: 'failed', failure: outcome };
      }
      throw new NotDone();
    });
  } catch (error) {
    if (!(error instanceof NotDone)) services.telemetry.warn('unexpected error', describe(message, services), error);
    if (ended !== undefined) return ended;
    // A mapping that throws will throw again. Anything else is our own trouble, DynamoDB's most likely: no attempt.
    const failure: Failure =
      error instanceof MappingError
        ? { kind: 'permanent', code: error.code, operation: 'map' }
        : { kind: 'busy', code: 'internal-error', operation: 'deliver' };
    return { kind: 'failed', failure };
  }
}

async function settle(
  message: Message,
  { delivered, seenBefore }: Attempted & { kind: 'done' },
  services: DeliverServices,
): Promise<'settled'> {
  const { telemetry, now, answers, flow } = services;
  const about = describe(message, services);
  if (seenBefore || 'gone' in delivered) {
    telemetry.count(metricNames.eventSkipped);
    telemetry.info('event skipped', { ...about, reason: seenBefore ? 'seen before' : 'record is gone' });
  } else {
    const latencyMs = Math.max(0, now() - Date.parse(message.receivedtime));
    telemetry.count(metricNames.eventDelivered);
    telemetry.milliseconds(metricNames.deliveryLatency, latencyMs);
    telemetry.info('event delivered', { ...about, ...delivered, latencyMs });
    // Not of what was skipped: nothing was written, so it says nothing of whether the destination takes records.
    await answers.note(completions(flow.name), message.subject, true);
  }
  return 'settled';
}

/** A run that was cut off left its lock, which ends with the time that the run had. */
function afterLock({ record }: Received, message: Message, freeInMs: number, services: DeliverServices) {
  const about = { ...describe(message, services), waitSeconds: Math.ceil(freeInMs / 1000) };
  services.telemetry.count(metricNames.deliveryDeferred);
  services.telemetry.warn('delivery deferred', { ...about, receiveCount: record.receiveCount, reason: 'in progress' });
  // It was not run: what it is suspected of stays.
  return { waitMs: freeInMs };
}

async function afterFailure(received: Received, message: Message, failure: Failure, services: DeliverServices) {
  const { record, history } = received;
  const { answers, policies, random, now, guards, hold, telemetry } = services;
  const about = { ...describe(message, services), ...describeFailure(failure) };
  const othersSucceed =
    failure.kind === 'transient' ? await answers.othersSucceed(failure.operation, message.subject) : undefined;
  const verdict = judge(failure, history, { nowMs: now(), othersSucceed }, policies, random);
  if (verdict.action === 'park') {
    if (
      verdict.reason === 'permanent' &&
      failure.status !== undefined &&
      (await hold.refused(failure.code, message.subject))
    ) {
      telemetry.count(metricNames.flowHeld);
      telemetry.warn('flow held', about);
      return { waitMs: policies.hold.waitMs, history };
    }
    const { attempts } = verdict.history;
    const reason = verdict.reason === 'attempts' ? `attempts: ${attempts} calls failed` : 'permanent failure';
    const deadLetter = deadLetterOf(message, `${reason} at ${failure.operation}`, failure.code, failure.kind, attempts);
    return park(record, deadLetter, about, services);
  }
  const { attempts, firstAttemptMs = now() } = verdict.history;
  if (verdict.attempt) {
    const guard = failure.system === undefined ? undefined : guards.get(failure.system);
    await guard?.eventFailed({
      failures: attempts,
      timedOut: failure.code === 'timeout',
      firstFailureMs: firstAttemptMs,
    });
    if (attempts === policies.retry.attempts) telemetry.count(metricNames.eventLate);
  }
  telemetry.count(verdict.attempt ? metricNames.attemptFailed : metricNames.deliveryDeferred);
  const waitSeconds = Math.ceil(verdict.waitMs / 1000);
  const line = verdict.attempt ? 'attempt failed' : 'delivery deferred';
  telemetry.warn(line, { ...about, waitSeconds, attempts, receiveCount: record.receiveCount });
  return { waitMs: verdict.waitMs, history: verdict.history };
}

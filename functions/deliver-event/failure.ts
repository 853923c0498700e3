import type { History } from '../contract/delivery.ts';
import type { Message } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { Failure } from '../engine/outcome.ts';
import { judge, type Verdict } from '../engine/retry.ts';
import type { Received } from './deliver-group.ts';
import { describe, describeFailure } from './describe.ts';
import type { HandBack } from './hand-back.ts';
import type { ParkAs } from './reading.ts';
import type { DeliverServices } from './services.ts';

/** Given up: to be parked. */
export interface GivenUp {
  readonly as: ParkAs;
  /** What the failure adds to what earlier receives left. */
  readonly history: History;
}

/** A run that was cut off left its lock, which ends with the time that the run had. */
export function afterLock(
  { record }: Received,
  message: Message,
  freeInMs: number,
  services: DeliverServices,
): HandBack {
  const about = { ...describe(message, services), waitSeconds: Math.ceil(freeInMs / 1000) };
  services.telemetry.count(metricNames.deliveryDeferred);
  services.telemetry.warn('delivery deferred', { ...about, receiveCount: record.receiveCount, reason: 'in progress' });
  // It was not run: what it is suspected of stays.
  return { waitMs: freeInMs };
}

/** Decides what a failure means for the event: back into the queue, or given up. */
export async function afterFailure(
  received: Received,
  message: Message,
  failure: Failure,
  services: DeliverServices,
): Promise<HandBack | GivenUp> {
  const { record, history } = received;
  const { answers, policies, random, now, hold, telemetry } = services;
  const about = { ...describe(message, services), ...describeFailure(failure) };
  const othersSucceed =
    failure.kind === 'transient' ? await answers.othersSucceed(failure.operation, message.subject) : undefined;
  const verdict = judge(failure, history, { nowMs: now(), othersSucceed }, policies, random);
  if (verdict.action === 'park') {
    const isRefusal = verdict.reason === 'permanent' && failure.status !== undefined;
    if (isRefusal && (await hold.refused(failure.code, message.subject))) {
      telemetry.count(metricNames.flowHeld);
      telemetry.warn('flow held', about);
      return { waitMs: policies.hold.waitMs, history };
    }
    const reason = verdict.reason === 'attempts' ? attemptsFailed(verdict.history) : 'permanent failure';
    const as = { reason: `${reason} at ${failure.operation}`, category: failure.kind, code: failure.code };
    return { as, history: verdict.history };
  }
  if (verdict.attempt) await noteAttempt(verdict.history, message, failure, services);
  telemetry.count(verdict.attempt ? metricNames.attemptFailed : metricNames.deliveryDeferred);
  const waitSeconds = Math.ceil(verdict.waitMs / 1000);
  const line = verdict.attempt ? 'attempt failed' : 'delivery deferred';
  const { attempts } = verdict.history;
  telemetry.warn(line, { ...about, waitSeconds, attempts, receiveCount: record.receiveCount });
  return { waitMs: verdict.waitMs, history: verdict.history };
}

function attemptsFailed({ attempts }: Verdict['history']): string {
  return `attempts: ${attempts} calls failed`;
}

/** Tells the breaker what the event met, all its attempts together, and people that it is late. */
async function noteAttempt(
  history: History,
  message: Message,
  failure: Failure,
  services: DeliverServices,
): Promise<void> {
  const { guards, now, policies, telemetry } = services;
  const { attempts, firstAttemptMs = now() } = history;
  const guard = failure.system === undefined ? undefined : guards.get(failure.system);
  const timedOut = failure.code === 'timeout';
  await guard?.eventFailed({ failures: attempts, timedOut, firstFailureMs: firstAttemptMs });
  if (attempts === policies.retry.attempts) telemetry.count(metricNames.eventLate);
  if (isLate(history, services)) await noteLate(message, firstAttemptMs, services);
}

/** It has spent its first attempts, and is still being tried. */
export function isLate({ attempts }: History, { policies }: Pick<DeliverServices, 'policies'>): boolean {
  return attempts >= policies.retry.attempts;
}

/** What the attempt came to stands, whether or not people can be told of it. */
async function noteLate({ id: eventId, subject }: Message, sinceMs: number, services: DeliverServices): Promise<void> {
  const { late, flow, telemetry } = services;
  try {
    await late.note(flow.name, { eventId, subject, sinceMs });
  } catch (error) {
    telemetry.warn('late event not noted', { eventId, flow: flow.name }, error);
  }
}

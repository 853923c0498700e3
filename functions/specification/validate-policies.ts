import { type PolicyOverrides, resolvePolicies } from './policies.ts';
import type { Report } from './problem.ts';

/** SQS hides a message for no longer: no wait can be longer. */
const longestWaitMs = 12 * 60 * 60 * 1000;

/** Attempts that the queue's last net, 1000 receives, leaves room for beside deferrals. */
const mostAttempts = 100;

/**
 * Checks the numbers that one layer of policies sets, and those of the layers below that it changes the meaning of.
 * `below`: what this layer overrides.
 */
export function checkPolicies(path: string, own: PolicyOverrides, report: Report, below: PolicyOverrides = {}): void {
  const { retry, busy } = resolvePolicies(below, own);
  const whole = (name: string, value: number | undefined, least: number, most: number) => {
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
    report(`${path}.${name}`, `is ${value}`, `Use a whole number from ${least} to ${most}.`);
  };
  whole('retry.attempts', own.retry?.attempts, 1, mostAttempts);
  whole('retry.baseMs', own.retry?.baseMs, 1, longestWaitMs);
  checkJitter(path, own, report);
  whole('busy.baseMs', own.busy?.baseMs, 1, longestWaitMs);
  whole('busy.maxMs', own.busy?.maxMs, 1, longestWaitMs);
  whole('auth.waitMs', own.auth?.waitMs, 1, longestWaitMs);
  whole('concurrency.invocations', own.concurrency?.invocations, 2, 1000);
  whole('concurrency.groups', own.concurrency?.groups, 1, 10);
  if (own.busy && busy.baseMs > busy.maxMs) {
    report(
      `${path}.busy.baseMs`,
      `is ${busy.baseMs}, more than maxMs`,
      `Use at most ${busy.maxMs}, or raise busy.maxMs.`,
    );
  }
  const longest = retry.baseMs * 2 ** (retry.attempts - 2) * (1 + retry.jitter);
  if (own.retry && longest > longestWaitMs) {
    report(`${path}.retry`, "makes the last wait longer than SQS's 12 h", 'Use fewer attempts or a smaller baseMs.');
  }
}

function checkJitter(path: string, { retry }: PolicyOverrides, report: Report): void {
  const jitter = retry?.jitter;
  if (jitter === undefined || (jitter >= 0 && jitter < 1)) return;
  report(`${path}.retry.jitter`, `is ${jitter}`, 'Use a share from 0 up to, but not including, 1.');
}

import { type SecretClocks, waitBeforeHandOver } from '../contract/webhook-secret.ts';
import { type PolicyOverrides, resolvePolicies } from './policies.ts';
import type { Report } from './problem.ts';

/** SQS hides a message for no longer: no wait can be longer. */
const longestWaitMs = 12 * 60 * 60 * 1000;

/** SQS forgets a message after 14 days, and its receives are limited: what is older must be parked by then. */
const longestAgeMs = 13 * 24 * 60 * 60 * 1000;

/** Whoever has an old secret can sign by it as long: not longer than a week. */
const longestOverlapMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Checks the numbers that one layer of policies sets, and those of the layers below that it changes the meaning of.
 * `below`: what this layer overrides.
 */
export function checkPolicies(path: string, own: PolicyOverrides, report: Report, below: PolicyOverrides = {}): void {
  const { retry, busy, webhookSecret } = resolvePolicies(below, own);
  for (const [name, value, least, most] of wholeNumbers(own)) {
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) continue;
    report(`${path}.${name}`, `is ${value}`, `Use a whole number from ${least} to ${most}.`);
  }
  checkShares(path, own, report);
  const ordered = (name: 'retry' | 'busy', { baseMs, maxMs }: { baseMs: number; maxMs: number }) => {
    if (!own[name] || baseMs <= maxMs) return;
    report(`${path}.${name}.baseMs`, `is ${baseMs}, more than maxMs`, `Use at most ${maxMs}, or raise ${name}.maxMs.`);
  };
  ordered('retry', retry);
  ordered('busy', busy);
  checkOverlap(path, own, webhookSecret, report);
}

/** What is left of the overlap once the source may have the new secret must be enough to give it to it. */
function checkOverlap(path: string, own: PolicyOverrides, clocks: SecretClocks, report: Report): void {
  const least = 2 * waitBeforeHandOver(clocks);
  if (!own.webhookSecret || clocks.overlapMs >= least) return;
  const remedy = `Use at least ${least}: twice the time until the source may have the new secret (cacheMs + 2 x rereadMs).`;
  report(`${path}.webhookSecret.overlapMs`, `is ${clocks.overlapMs}, which is too short`, remedy);
}

/** The same for what a flow sets; `integration`: what its integration does. */
export function checkFlowPolicies(
  path: string,
  own: PolicyOverrides,
  report: Report,
  integration: PolicyOverrides,
): void {
  checkPolicies(path, own, report, integration);
  for (const name of ['settlingMs', 'renewAfterMs'] as const) {
    if (own.auth?.[name] === undefined) continue;
    const remedy = "Set it in the integration's policies, or in the stage's.";
    report(`${path}.auth.${name}`, "is set by one flow, but all flows share a system's token", remedy);
  }
  if (own.webhookSecret !== undefined) {
    const remedy = "Set it in the integration's policies, or in the stage's.";
    report(`${path}.webhookSecret`, "is set by one flow, but all flows share a system's signing secret", remedy);
  }
}

type WholeNumber = readonly [name: string, value: number | undefined, least: number, most: number];

function wholeNumbers(own: PolicyOverrides): WholeNumber[] {
  const { retry, busy, auth, unknown, age, crash, hold, breaker, budget, concurrency, sharing, webhookSecret } = own;
  return [
    ['retry.attempts', retry?.attempts, 1, 100],
    ['retry.baseMs', retry?.baseMs, 1, longestWaitMs],
    ['retry.maxMs', retry?.maxMs, 1, longestWaitMs],
    ['retry.poisonAfterMs', retry?.poisonAfterMs, 1, longestAgeMs],
    ['busy.baseMs', busy?.baseMs, 1, longestWaitMs],
    ['busy.maxMs', busy?.maxMs, 1, longestWaitMs],
    ['auth.waitMs', auth?.waitMs, 1, longestWaitMs],
    ['auth.settlingMs', auth?.settlingMs, 0, 60_000],
    ['auth.renewAfterMs', auth?.renewAfterMs, 0, 15 * 60_000],
    ['unknown.landsWithinMs', unknown?.landsWithinMs, 1, longestWaitMs],
    ['age.maxWaitMs', age?.maxWaitMs, 1, longestWaitMs],
    ['age.parkMs', age?.parkMs, 1, longestAgeMs],
    ['crash.marks', crash?.marks, 1, 100],
    ['hold.refusals', hold?.refusals, 2, 100],
    ['hold.waitMs', hold?.waitMs, 1, longestWaitMs],
    ['budget.recheckMs', budget?.recheckMs, 1_000, longestWaitMs],
    ['breaker.windowMs', breaker?.windowMs, 1, longestWaitMs],
    ['breaker.calls', breaker?.calls, 1, 10_000],
    ['breaker.inARow', breaker?.inARow, 1, 10_000],
    ['breaker.probeMs', breaker?.probeMs, 1_000, longestWaitMs],
    ['breaker.cacheMs', breaker?.cacheMs, 0, 60_000],
    ['concurrency.invocations', concurrency?.invocations, 2, 1000],
    ['concurrency.groups', concurrency?.groups, 1, 10],
    ['sharing.reads', sharing?.reads, 1, 10],
    ['sharing.writes', sharing?.writes, 1, 10],
    ['webhookSecret.cacheMs', webhookSecret?.cacheMs, 1_000, 60 * 60_000],
    ['webhookSecret.rereadMs', webhookSecret?.rereadMs, 1_000, 5 * 60_000],
    ['webhookSecret.overlapMs', webhookSecret?.overlapMs, 1_000, longestOverlapMs],
  ];
}

function checkShares(path: string, { retry, breaker, age }: PolicyOverrides, report: Report): void {
  const shares = [
    ['retry.jitter', retry?.jitter],
    ['breaker.share', breaker?.share],
  ] as const;
  for (const [name, share] of shares) {
    if (share === undefined || (share >= 0 && share < 1)) continue;
    report(`${path}.${name}`, `is ${share}`, 'Use a share from 0 up to, but not including, 1.');
  }
  // Without it a long outage would use up the receives that the queue allows.
  if (age?.share !== undefined && !(age.share >= 0.01 && age.share < 1)) {
    report(`${path}.age.share`, `is ${age.share}`, 'Use a share from 0.01 up to, but not including, 1.');
  }
}

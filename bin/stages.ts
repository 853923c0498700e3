import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Stage } from '../lib/stage.ts';

/** The stages there are: `cdk deploy -c stage=prod`. */
const stages: Readonly<Record<string, Stage>> = {
  /** One machine's emulator. Short timeouts and clocks, so that what takes minutes on AWS can be watched here. */
  local: {
    name: 'local',
    runsOn: 'emulator',
    statefulResources: 'destroy',
    functionTimeoutSeconds: 5,
    callTimeoutMs: 1_000,
    allowPrivateAddresses: true,
    throttling: { ratePerSecond: 1_000, burst: 1_000 },
    logRetention: RetentionDays.ONE_DAY,
    policies: {
      retry: { poisonAfterMs: 10_000 },
      // Here people, and tests, end sessions moments after they were begun.
      auth: { waitMs: 2_000, settlingMs: 0, renewAfterMs: 0 },
      unknown: { landsWithinMs: 3_000 },
      crash: { marks: 1 },
      hold: { waitMs: 2_000 },
      breaker: { probeMs: 2_000 },
      budget: { recheckMs: 2_000 },
      webhookSecret: { cacheMs: 6_000, rereadMs: 3_000, overlapMs: 30_000 },
    },
    // Nobody else calls the simulated ones.
    limits: {
      stripe: { perSecond: { rate: 200, burst: 200 } },
      salesforce: { perDay: { calls: 100_000 } },
    },
    // Whoever may put events on a bus here can try the second door.
    partnerSources: {
      stripe: 'local.partner/stripe.com/ed_local',
      salesforce: 'local.partner/salesforce.com/00D000000000001AAA/0YL000000000001',
    },
  },
  /** An AWS account to try things in. */
  dev: {
    name: 'dev',
    runsOn: 'aws',
    statefulResources: 'destroy',
    functionTimeoutSeconds: 30,
    callTimeoutMs: 10_000,
    throttling: { ratePerSecond: 50, burst: 100 },
    logRetention: RetentionDays.TWO_WEEKS,
  },
  /** Where events matter: what keeps them outlives its stack. */
  prod: {
    name: 'prod',
    runsOn: 'aws',
    statefulResources: 'retain',
    functionTimeoutSeconds: 30,
    callTimeoutMs: 10_000,
    throttling: { ratePerSecond: 500, burst: 1_000 },
    logRetention: RetentionDays.THREE_MONTHS,
    receiverConcurrency: 50,
  },
};

/**
 * The stage of that name.
 * @throws {Error} naming the stages there are: whoever typed the command must act.
 */
export function stageNamed(name: string): Stage {
  const stage = Object.hasOwn(stages, name) ? stages[name] : undefined;
  if (stage) return stage;
  throw new Error(`There is no stage '${name}'. Use one of: ${Object.keys(stages).join(', ')} (-c stage=<name>).`);
}

/**
 * The stage with the gateway that was typed, if any: `-c gateway=rest`.
 * @throws {Error} naming the gateways there are: whoever typed the command must act.
 */
export function withGateway(stage: Stage, gateway: unknown): Stage {
  if (gateway === undefined) return stage;
  if (gateway === 'http' || gateway === 'rest') return { ...stage, gateway };
  throw new Error(`There is no gateway '${gateway}'. Use http or rest (-c gateway=<name>).`);
}

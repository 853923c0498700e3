import { describe, expect, test } from 'vitest';
import { defaultPolicies, resolvePolicies } from '../../../functions/specification/policies.ts';

describe('the policies of a flow', () => {
  test("are the design's numbers where nobody says otherwise", () => {
    const policies = [resolvePolicies(), resolvePolicies(undefined, {}, { retry: {} })];

    expect(policies).toEqual([defaultPolicies, defaultPolicies]);
    expect(defaultPolicies).toEqual({
      retry: {
        attempts: 5,
        baseMs: 1_000,
        maxMs: 1_800_000,
        jitter: 0.3,
        giveUp: 'poison',
        poisonAfterMs: 3_600_000,
      },
      busy: { baseMs: 1_000, maxMs: 60_000 },
      auth: { waitMs: 30_000, settlingMs: 10_000, renewAfterMs: 60_000 },
      unknown: { landsWithinMs: 60_000 },
      age: { share: 0.025, maxWaitMs: 1_800_000, parkMs: 1_036_800_000 },
      crash: { marks: 3 },
      parking: { afterDeadLetter: 'continue' },
      hold: { refusals: 5, waitMs: 30_000 },
      breaker: { windowMs: 10_000, calls: 10, share: 0.5, inARow: 10, probeMs: 30_000, cacheMs: 1_000 },
      budget: { recheckMs: 300_000 },
      concurrency: { invocations: 5, groups: 10 },
      sharing: { reads: 10, writes: 1 },
      webhookSecret: { cacheMs: 300_000, rereadMs: 30_000, overlapMs: 86_400_000 },
    });
  });

  test('differ by single numbers: the others of the group stay', () => {
    const policies = resolvePolicies({ retry: { attempts: 3 }, busy: { maxMs: 10_000 } });

    expect(policies).toEqual({
      ...defaultPolicies,
      retry: { ...defaultPolicies.retry, attempts: 3 },
      busy: { baseMs: 1_000, maxMs: 10_000 },
    });
  });

  test("are its own before the integration's, group by group", () => {
    const integration = { retry: { attempts: 3, baseMs: 2_000 }, auth: { waitMs: 5_000 } };
    const flow = { retry: { attempts: 7 }, concurrency: { groups: 1 } };

    const policies = resolvePolicies(integration, flow);

    expect(policies).toEqual({
      ...defaultPolicies,
      retry: { ...defaultPolicies.retry, attempts: 7, baseMs: 2_000 },
      auth: { ...defaultPolicies.auth, waitMs: 5_000 },
      concurrency: { invocations: 5, groups: 1 },
    });
  });

  test('differ in every group', () => {
    const groups = Object.keys(defaultPolicies) as (keyof typeof defaultPolicies)[];

    for (const group of groups) {
      const doubled = Object.entries(defaultPolicies[group]).map(([name, value]) => [
        name,
        typeof value === 'number' ? value * 2 : 'at-once',
      ]);
      const own = Object.fromEntries(doubled);

      expect(resolvePolicies({ [group]: own })).toEqual({ ...defaultPolicies, [group]: own });
    }
  });

  test('change nothing that they are made of', () => {
    const before = structuredClone(defaultPolicies);

    resolvePolicies({ retry: { attempts: 1 } }, { retry: { attempts: 2 } });

    expect(defaultPolicies).toEqual(before);
  });
});

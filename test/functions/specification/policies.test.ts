import { describe, expect, test } from 'vitest';
import { defaultPolicies, resolvePolicies } from '../../../functions/specification/policies.ts';

describe('the policies of a flow', () => {
  test("are the design's numbers where nobody says otherwise", () => {
    const policies = [resolvePolicies(), resolvePolicies(undefined, {}, { retry: {} })];

    expect(policies).toEqual([defaultPolicies, defaultPolicies]);
    expect(defaultPolicies).toEqual({
      retry: { attempts: 5, baseMs: 1_000, jitter: 0.3, giveUp: 'at-once' },
      busy: { baseMs: 1_000, maxMs: 60_000 },
      auth: { waitMs: 30_000 },
      concurrency: { invocations: 5, groups: 10 },
    });
  });

  test('differ by single numbers: the others of the group stay', () => {
    const policies = resolvePolicies({ retry: { attempts: 3 }, busy: { maxMs: 10_000 } });

    expect(policies).toEqual({
      ...defaultPolicies,
      retry: { attempts: 3, baseMs: 1_000, jitter: 0.3, giveUp: 'at-once' },
      busy: { baseMs: 1_000, maxMs: 10_000 },
    });
  });

  test("are its own before the integration's, group by group", () => {
    const integration = { retry: { attempts: 3, baseMs: 2_000 }, auth: { waitMs: 5_000 } };
    const flow = { retry: { attempts: 7 }, concurrency: { groups: 1 } };

    const policies = resolvePolicies(integration, flow);

    expect(policies).toEqual({
      ...defaultPolicies,
      retry: { attempts: 7, baseMs: 2_000, jitter: 0.3, giveUp: 'at-once' },
      auth: { waitMs: 5_000 },
      concurrency: { invocations: 5, groups: 1 },
    });
  });

  test('change nothing that they are made of', () => {
    const before = structuredClone(defaultPolicies);

    resolvePolicies({ retry: { attempts: 1 } }, { retry: { attempts: 2 } });

    expect(defaultPolicies).toEqual(before);
  });
});

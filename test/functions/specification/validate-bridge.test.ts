import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../functions/specification/problem.ts';
import type { BridgeSource } from '../../../functions/specification/system.ts';
import { checkBridge } from '../../../functions/specification/validate-bridge.ts';

const reader = () => ({ unreadable: 'a fixture reads nothing' });

function problemsOf(bridge: BridgeSource | undefined): Problem[] {
  const problems: Problem[] = [];
  checkBridge('systems.shop.bridge', bridge, (path, problem, remedy) => problems.push({ path, problem, remedy }));
  return problems;
}

describe('a bridge', () => {
  it.each([
    undefined,
    { reader },
    { reader, partnerSource: 'aws.partner/stripe.com/ed_61SomeId', quietAfterHours: 1 },
    { reader, partnerSource: 'aws.partner/salesforce.com/00D5f000005KcCnEAK/0YL5f000000CabWGAS', quietAfterHours: 24 },
  ])('%o is sound', (bridge) => {
    expect(problemsOf(bridge)).toEqual([]);
  });

  it.each([
    'stripe.com/ed_1',
    'aws.partner/stripe.com',
    'aws.partner/stripe.com/ed 1',
    `aws.partner/a/${'b'.repeat(256)}`,
  ])('whose source is %s has none that AWS knows', (partnerSource) => {
    expect(problemsOf({ reader, partnerSource })).toEqual([
      {
        path: 'systems.shop.bridge.partnerSource',
        problem: `is '${partnerSource}', which is no partner event source`,
        remedy: "Copy it from EventBridge's partner event sources: 'aws.partner/stripe.com/ed_...'.",
      },
    ]);
  });

  it.each([0, 25, 1.5, Number.NaN])('that may be quiet for %d hours has no alarm that waits so', (quietAfterHours) => {
    expect(problemsOf({ reader, quietAfterHours })).toMatchObject([
      { path: 'systems.shop.bridge.quietAfterHours', remedy: 'Use a whole number from 1 to 24.' },
    ]);
  });
});

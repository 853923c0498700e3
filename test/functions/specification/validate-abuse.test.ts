import { describe, expect, test } from 'vitest';
import type { WebhookSource } from '../../../functions/specification/system.ts';
import { problemsOf } from '../../../functions/specification/validate.ts';
import salesforceStripe from '../../../integrations/salesforce-stripe/integration.ts';

/** The shipped integration, whose Stripe says something else of its webhooks. */
function problemsWith(changes: Partial<WebhookSource>) {
  const stripe = salesforceStripe.systems.stripe!;
  const changed = { ...stripe, webhook: { ...stripe.webhook!, ...changes } };
  return problemsOf([{ ...salesforceStripe, systems: { ...salesforceStripe.systems, stripe: changed } }]);
}

describe('ranges of a source', () => {
  test('may be of both families, and single addresses', () => {
    expect(problemsWith({ allowedRanges: ['203.0.113.0/24', '198.51.100.7', '2001:db8::/32'] })).toEqual([]);
  });

  test('are named one by one where they are none', () => {
    const problems = problemsWith({ allowedRanges: ['203.0.113.0/24', '203.0.113.0/33', 'hooks.stripe.com', '::/0'] });

    expect(problems.map(({ path, problem }) => `${path} ${problem}`)).toEqual([
      "salesforce-stripe: systems.stripe.webhook.allowedRanges[1] is '203.0.113.0/33'",
      "salesforce-stripe: systems.stripe.webhook.allowedRanges[2] is 'hooks.stripe.com'",
      "salesforce-stripe: systems.stripe.webhook.allowedRanges[3] is '::/0'",
    ]);
    expect(problems[0]?.remedy).toContain('203.0.113.0/24');
  });

  test('are not none at all', () => {
    expect(problemsWith({ allowedRanges: [] })).toMatchObject([
      { problem: 'is empty, which refuses every webhook', remedy: 'Name a range, or leave it out.' },
    ]);
  });
});

describe('throttling of a source', () => {
  test('takes whole numbers', () => {
    expect(problemsWith({ throttling: { ratePerSecond: 1, burst: 10_000 } })).toEqual([]);
  });

  test.each([0, -1, 1.5, 10_001, Number.NaN])('does not take %s', (wrong) => {
    const problems = problemsWith({ throttling: { ratePerSecond: wrong, burst: wrong } });

    expect(problems.map(({ path }) => path.split('.').at(-1))).toEqual(['ratePerSecond', 'burst']);
  });
});

import { describe, expect, it } from 'vitest';
import type { Integration } from '../../../functions/specification/integration.ts';
import type { Policies } from '../../../functions/specification/policies.ts';
import type { System } from '../../../functions/specification/system.ts';
import { problemsOf } from '../../../functions/specification/validate.ts';
import shipped from '../../../integrations/salesforce-stripe/integration.ts';

function linesOf(changes: Partial<Integration>): string[] {
  const problems = problemsOf([{ ...shipped, ...changes }]);
  return problems.map(({ path, problem, remedy }) => `${path} ${problem}. ${remedy}`);
}

const clocks = (webhookSecret: Partial<Policies['webhookSecret']>) => linesOf({ policies: { webhookSecret } });

describe('who makes a signing secret', () => {
  it('is Millrace for the shipped Salesforce, and the sender for Stripe', () => {
    const { stripe, salesforce } = shipped.systems;

    expect([stripe?.webhook?.secretMadeBy, salesforce?.webhook?.secretMadeBy]).toEqual([undefined, 'millrace']);
    expect(linesOf({})).toEqual([]);
  });

  it('can’t be Millrace where only the sender can make one', () => {
    const { stripe, ...others } = shipped.systems;
    const webhook = { ...stripe!.webhook!, secretMadeBy: 'millrace' as const };

    expect(linesOf({ systems: { stripe: { ...stripe, webhook } as System, ...others } })).toEqual([
      "salesforce-stripe: systems.stripe.webhook.secretMadeBy is 'millrace', but of stripe the sender makes the secret. " +
        'Remove it, and put the secret that the sender shows.',
    ]);
  });
});

describe('the clocks of a signing secret', () => {
  it('may be as short as leaves time to hand it over', () => {
    expect(clocks({ cacheMs: 1_000, rereadMs: 1_000, overlapMs: 6_000 })).toEqual([]);
  });

  it.each([
    [{ cacheMs: 0 }, 'webhookSecret.cacheMs is 0. Use a whole number from 1000'],
    [{ rereadMs: 300_001 }, 'webhookSecret.rereadMs is 300001. Use a whole number from 1000 to 300000'],
    [{ overlapMs: 604_800_001 }, 'webhookSecret.overlapMs is 604800001. Use a whole number'],
    [{ overlapMs: 719_999 }, 'webhookSecret.overlapMs is 719999, which is too short. Use at least 720000'],
    [{ cacheMs: 3_600_000, overlapMs: 3_600_000 }, 'webhookSecret.overlapMs is 3600000, which is too short'],
  ])('are not %j', (policy, expected) => {
    expect(clocks(policy).join('\n')).toContain(expected);
  });

  it('are no single flow’s: all flows share the secret', () => {
    const flow = shipped.flows['stripe-customer-to-account']!;
    const policies = { webhookSecret: { overlapMs: 3_600_000 } };

    expect(linesOf({ flows: { [flow.name]: { ...flow, policies } } })).toEqual([
      'salesforce-stripe: flows.stripe-customer-to-account.policies.webhookSecret is set by one flow, but all flows share ' +
        "a system's signing secret. Set it in the integration's policies, or in the stage's.",
    ]);
  });
});

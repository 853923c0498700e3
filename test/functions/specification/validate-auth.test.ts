import { describe, expect, it } from 'vitest';
import type { Integration } from '../../../functions/specification/integration.ts';
import type { PolicyOverrides } from '../../../functions/specification/policies.ts';
import { hasTokens, type ProviderSystem, type System } from '../../../functions/specification/system.ts';
import { problemsOf } from '../../../functions/specification/validate.ts';
import shipped from '../../../integrations/salesforce-stripe/integration.ts';

const flow = shipped.flows['stripe-customer-to-account']!;

function linesOf(changes: Partial<Integration>): string[] {
  const problems = problemsOf([{ ...shipped, ...changes }]);
  return problems.map(({ path, problem, remedy }) => `${path} ${problem}. ${remedy}`);
}

const withAuth = (system: 'stripe' | 'salesforce', auth: ProviderSystem['auth']) =>
  linesOf({ systems: { ...shipped.systems, [system]: { ...shipped.systems[system], auth } as System } });
const withFlowPolicies = (policies: PolicyOverrides) => linesOf({ flows: { [flow.name]: { ...flow, policies } } });

describe('how a system signs in', () => {
  it.each([
    ['stripe', 'api-key'],
    ['salesforce', 'client-credentials'],
    ['salesforce', 'jwt-bearer'],
  ] as const)('%s may by %s', (system, auth) => {
    expect(withAuth(system, auth)).toEqual([]);
  });

  it.each([
    [
      'stripe',
      'jwt-bearer',
      "salesforce-stripe: systems.stripe.auth is 'jwt-bearer', which stripe does not offer. Use 'api-key'.",
    ],
    [
      'salesforce',
      'api-key',
      "salesforce-stripe: systems.salesforce.auth is 'api-key', which salesforce does not offer. Use 'client-credentials' or 'jwt-bearer'.",
    ],
  ] as const)('%s may not by %s', (system, auth, line) => {
    expect(withAuth(system, auth)).toEqual([line]);
  });

  it('tells whether it has tokens', () => {
    const { stripe, salesforce } = shipped.systems as Record<string, ProviderSystem>;

    expect([stripe!, salesforce!, { ...salesforce!, auth: 'jwt-bearer' as const }].map(hasTokens)).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('the numbers of tokens', () => {
  it('may be 0, and are those of the integration', () => {
    expect(linesOf({ policies: { auth: { settlingMs: 0, renewAfterMs: 0 } } })).toEqual([]);
  });

  it.each(['settlingMs', 'renewAfterMs'] as const)('%s is no single flow’s: all flows share the token', (name) => {
    expect(withFlowPolicies({ auth: { waitMs: 1, [name]: 1 } })).toEqual([
      `salesforce-stripe: flows.${flow.name}.policies.auth.${name} is set by one flow, but all flows share a system's token. ` +
        "Set it in the integration's policies, or in the stage's.",
    ]);
  });

  it.each([
    [{ settlingMs: -1 }, 'policies.auth.settlingMs is -1. Use a whole number from 0 to 60000.'],
    [{ renewAfterMs: 900_001 }, 'policies.auth.renewAfterMs is 900001. Use a whole number from 0 to 900000.'],
  ])('%j is refused', (auth, line) => {
    expect(linesOf({ policies: { auth } })).toEqual([`salesforce-stripe: ${line}`]);
  });
});

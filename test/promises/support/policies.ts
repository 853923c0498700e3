import {
  type Policies,
  type PolicyOverrides,
  parsePolicies,
  resolvePolicies,
} from '../../../functions/specification/policies.ts';
import { environmentOf, setEnvironment } from './functions.ts';
import { functionOf } from './names.ts';
import type { FlowName } from './queues.ts';

/** The delivery rules' numbers that a deployed flow goes by: those of the stage `local` are short. */
export async function policiesOf(flow: FlowName): Promise<Policies> {
  const { POLICIES = '' } = await environmentOf(functionOf('deliver-event', flow));
  return parsePolicies(POLICIES);
}

/** Has a deployed flow go by other rules; resolves to what puts the deployed ones back. */
export async function changePolicies(flow: FlowName, overrides: PolicyOverrides): Promise<() => Promise<void>> {
  const deliver = functionOf('deliver-event', flow);
  const deployed = await environmentOf(deliver);
  const policies = resolvePolicies(await policiesOf(flow), overrides);
  await setEnvironment(deliver, { ...deployed, POLICIES: JSON.stringify(policies) });
  return () => setEnvironment(deliver, deployed);
}

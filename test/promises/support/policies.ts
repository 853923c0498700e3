import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Policies, parsePolicies } from '../../../functions/specification/policies.ts';
import { environmentOf } from './functions.ts';
import { functionOf } from './names.ts';
import type { FlowName } from './queues.ts';

/** The delivery rules' numbers that a deployed flow goes by: those of the stage `local` are short. */
export async function policiesOf(lambda: LambdaClient, flow: FlowName): Promise<Policies> {
  const { POLICIES = '' } = await environmentOf(lambda, functionOf('deliver-event', flow));
  return parsePolicies(POLICIES);
}

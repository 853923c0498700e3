import * as v from 'valibot';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, CheckCredentials, CredentialSource } from '../connector.ts';
import { createStripeClient, type StripeCall } from './client.ts';

/** No object has this id: a write to it changes nothing. */
const nobody = 'millrace_rotation_check';

/**
 * Tries a key by calls that change nothing. The right to write shows by an update of an object that does not exist, which a
 * key without it is refused for its right: whoever may write is told that there is no such object.
 */
export const checkCredentials: CheckCredentials = async (credentials, { reads, writes }, services) => {
  const { timeoutMs, ...rest } = services;
  const held: CredentialSource = {
    get: async () => success(credentials),
    renew: async (_refused, { failure }) => failure,
  };
  const { unguarded } = createStripeClient({ ...rest, credentials: held, guard: (_operation, _key, make) => make() });
  const context: CallContext = {
    correlationId: services.newId(),
    traceparent: undefined,
    key: 'rotation',
    alone: true,
    trafficClass: 'probe',
    timeoutMs: () => timeoutMs,
  };

  async function call(operation: string, method: StripeCall['method'], path: string): Promise<Outcome<unknown>> {
    const outcome = await unguarded({ operation, method, path }, v.unknown(), context);
    const unknownObject = method === 'POST' && outcome.kind === 'permanent' && outcome.status === 404;
    return unknownObject ? success(undefined) : outcome;
  }

  const calls = [
    () => call('stripe.probe', 'GET', '/v1/balance'),
    ...reads.map((object) => () => call(`stripe.read.${object}`, 'GET', `/v1/${object}s?limit=1`)),
    ...writes.map((object) => () => call(`stripe.write.${object}`, 'POST', `/v1/${object}s/${nobody}`)),
    // What an earlier create made is looked for there.
    ...(writes.length > 0 ? [() => call('stripe.read.event', 'GET', '/v1/events?limit=1')] : []),
  ];
  for (const each of calls) {
    const outcome = await each();
    if (outcome.kind !== 'success') return outcome;
  }
  return success(undefined);
};

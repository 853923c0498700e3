import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { isRefused } from '../contract/token-errors.ts';
import { parseRefreshAnswer, type RefreshRequest } from '../contract/tokens.ts';
import type { RenewalPorts } from './credentials.ts';

/** Asks the function `refresh-token` of that name. */
export function createTokenRefresher(client: LambdaClient, FunctionName: string): RenewalPorts['ask'] {
  return async (refused, timeoutMs) => {
    const request: RefreshRequest = { refused };
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) });
    try {
      const { FunctionError, Payload } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      // Tells a refusal, which an operator must mend, from an outage and from a crash of the function.
      if (FunctionError !== undefined) return { kind: isRefused(Payload) ? 'refused' : 'unavailable' };
      return parseRefreshAnswer(Payload) ?? { kind: 'unavailable' };
    } catch {
      return { kind: 'unreachable' };
    }
  };
}

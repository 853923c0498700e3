import type { Refusal } from '../faults.ts';
import type { SimulatedResponse } from '../http-server.ts';

/** An error in a response. As of most servers the status is 200, whatever went wrong: only `errors` tells. */
export class GraphqlError extends Error {
  override readonly name = 'GraphqlError';
  readonly code: string;
  /** What was resolved of `data` by then; undefined where the request was refused before. */
  readonly data: Record<string, unknown> | null | undefined;

  constructor(code: string, message: string, data?: Record<string, unknown> | null) {
    super(message);
    this.code = code;
    this.data = data;
  }

  toResponse(): SimulatedResponse {
    const errors = [{ message: this.message, extensions: { code: this.code } }];
    return { status: 200, body: this.data === undefined ? { errors } : { errors, data: this.data } };
  }
}

const REFUSALS: Record<Refusal, [code: string, message: string]> = {
  down: ['INTERNAL_SERVER_ERROR', 'What resolves this field is down (simulated fault).'],
  throttle: ['THROTTLED', 'Throttled (simulated fault).'],
  quota: ['RATE_LIMITED', "The day's calls are used up (simulated fault)."],
  'row-lock': ['CONFLICT', 'The record is locked (simulated fault).'],
  'no-such-field': ['GRAPHQL_VALIDATION_FAILED', 'Cannot query a field that was renamed (simulated fault).'],
};

/** What a fault makes a call be refused with: a 200 with `errors`. */
export const refuse = (fault: Refusal): SimulatedResponse => new GraphqlError(...REFUSALS[fault], null).toResponse();

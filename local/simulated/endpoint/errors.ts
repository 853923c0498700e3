import type { Refusal } from '../faults.ts';
import type { SimulatedResponse } from '../http-server.ts';

/** A refusal as problem details (RFC 9457). The caller must mend what the title names. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, title: string) {
    super(title);
    this.status = status;
    this.code = code;
  }

  toResponse(): SimulatedResponse {
    const { status, code, message: title } = this;
    return {
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      },
      body: { type: 'about:blank', title, status, code },
    };
  }
}

const REFUSALS: Record<Refusal, [status: number, code: string, title: string]> = {
  down: [503, 'unavailable', 'The endpoint is down (simulated fault).'],
  throttle: [429, 'too_many_requests', 'Too many requests (simulated fault).'],
  quota: [429, 'quota_exceeded', "The day's calls are used up (simulated fault)."],
  'row-lock': [423, 'locked', 'The record is locked (simulated fault).'],
  'no-such-field': [400, 'unknown_field', 'A field of the record is not known (simulated fault).'],
};

/** What a fault makes a call be refused with. */
export const refuse = (fault: Refusal): SimulatedResponse => new EndpointError(...REFUSALS[fault]).toResponse();

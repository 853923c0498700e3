import type { Refusal } from '../faults.ts';
import type { SimulatedResponse } from '../http-server.ts';

/** A refusal in the shape of GitHub's REST API. The caller must mend what the message names. */
export class GithubApiError extends Error {
  override readonly name = 'GithubApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  toResponse(): SimulatedResponse {
    return { status: this.status, body: { message: this.message, status: String(this.status) } };
  }
}

const REFUSALS: Record<Refusal, [status: number, message: string]> = {
  down: [503, 'GitHub is unavailable (simulated fault).'],
  throttle: [429, 'API rate limit exceeded (simulated fault).'],
  quota: [403, 'API rate limit exceeded (simulated fault).'],
  'row-lock': [409, 'Reference is being updated (simulated fault).'],
  'no-such-field': [422, 'Validation Failed (simulated fault).'],
};

/** What a fault makes a call be refused with. */
export const refuse = (fault: Refusal): SimulatedResponse => new GithubApiError(...REFUSALS[fault]).toResponse();

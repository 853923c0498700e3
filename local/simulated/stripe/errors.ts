import type { Refusal } from '../faults.ts';
import type { SimulatedResponse } from '../http-server.ts';

interface Details {
  code?: string;
  param?: string;
  /** @default 'invalid_request_error' */
  type?: 'invalid_request_error' | 'idempotency_error' | 'api_error';
}

/** Any refusal, in the shape that https://docs.stripe.com/api/errors gives. The caller must mend what `param` names. */
export class StripeApiError extends Error {
  override readonly name = 'StripeApiError';
  readonly status: number;
  readonly details: Details;

  constructor(status: number, message: string, details: Details = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  toResponse(): SimulatedResponse {
    const { type = 'invalid_request_error', code, param } = this.details;
    return {
      status: this.status,
      body: { error: { ...(code && { code }), message: this.message, ...(param && { param }), type } },
    };
  }
}

/** A parameter that the endpoint does not have; remove it. */
export const unknownParameter = (param: string) =>
  new StripeApiError(400, `Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });

/** No object of that id, or it was deleted; check the id and the mode of the key. */
export const missingResource = (object: string, id: string, param = 'id') =>
  new StripeApiError(param === 'id' ? 404 : 400, `No such ${object}: '${id}'`, { code: 'resource_missing', param });

/** A method and path that Stripe does not serve, or that the simulation leaves out. */
export const unknownUrl = (method: string, path: string) =>
  new StripeApiError(404, `Unrecognized request URL (${method}: ${path}). The simulated Stripe does not serve it.`);

const REFUSALS: Record<Refusal, [status: number, message: string, details: Details]> = {
  down: [503, 'Stripe is temporarily unavailable (simulated fault).', { type: 'api_error' }],
  throttle: [429, 'Request rate limit exceeded (simulated fault).', { code: 'rate_limit' }],
  // Stripe has no quota of a day.
  quota: [429, 'Request rate limit exceeded (simulated fault).', { code: 'rate_limit' }],
  'row-lock': [
    429,
    'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
    { code: 'lock_timeout' },
  ],
  'no-such-field': [
    400,
    'Received unknown parameter: renamed (simulated fault).',
    { code: 'parameter_unknown', param: 'renamed' },
  ],
};

/**
 * What a fault makes a call be refused with. A plain `rate_limit` comes without `Stripe-Should-Retry`, a `lock_timeout`
 * with it, as in reality: https://docs.stripe.com/rate-limits#object-lock-timeouts.
 */
export function refuse(fault: Refusal): SimulatedResponse {
  const response = new StripeApiError(...REFUSALS[fault]).toResponse();
  return fault === 'row-lock' ? { ...response, headers: { 'stripe-should-retry': 'true' } } : response;
}

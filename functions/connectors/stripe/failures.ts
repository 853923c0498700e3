import * as v from 'valibot';
import type { Failure, FailureCategory } from '../../engine/outcome.ts';
import type { HttpResponse } from '../connector.ts';
import { retryAfterMs, safeCode } from '../http/failures.ts';

const errorBody = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ error: v.object({ type: v.optional(v.string()), code: v.optional(v.string()) }) }),
);

/**
 * What an error answer of Stripe means for the event. Its message is not kept: it may quote personal data.
 * Source: https://docs.stripe.com/error-low-level and https://docs.stripe.com/rate-limits.
 */
export function stripeFailure(response: HttpResponse, operation: string, nowMs: number): Failure {
  const parsed = v.safeParse(errorBody, response.body);
  const error = parsed.success ? parsed.output.error : {};
  return {
    kind: category(response),
    code: safeCode(error.code ?? error.type, `http-${response.status}`),
    operation,
    status: response.status,
    retryAfterMs: retryAfterMs(response.headers['retry-after'], nowMs),
  };
}

function category({ status, headers }: HttpResponse): FailureCategory {
  // A restricted key without the right answers 403 for every event: an operator must mend it, no event is at fault.
  if (status === 401 || status === 403) return 'auth';
  // Both kinds of 429, `rate_limit` and `lock_timeout`, say that nothing was done.
  if (status === 429) return 'busy';
  // Whatever Stripe advises: it speaks of the same key, under which it replays a saved 500. Ours is new every time.
  if (status >= 500) return 'transient';
  const advice = headers['stripe-should-retry'];
  if (advice === 'true') return 'transient';
  if (advice === 'false') return 'permanent';
  // 409: another request with our key, or on the same object, is under way.
  return status === 409 || status === 424 ? 'transient' : 'permanent';
}

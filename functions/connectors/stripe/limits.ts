import * as v from 'valibot';
import type { HttpResponse, LimitSignals } from '../connector.ts';

const lockTimeout = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ error: v.looseObject({ code: v.literal('lock_timeout') }) }),
);

/** A 429 is a rate limit, but for the one that says another call holds the object (https://docs.stripe.com/rate-limits). */
export function readStripeLimits({ status, body }: HttpResponse): LimitSignals {
  return status === 429 && !v.is(lockTimeout, body) ? { refused: 'rate' } : {};
}

import * as v from 'valibot';
import type { Failure, FailureCategory } from '../../engine/outcome.ts';
import type { HttpResponse } from '../connector.ts';
import { retryAfterMs, safeCode } from './failures.ts';

/** Problem details (RFC 9457); `code` is the most usual extension. */
const problem = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ type: v.optional(v.unknown()), code: v.optional(v.unknown()) }),
);

/** Statuses of 4xx that say what the hundreds don't (RFC 9110, section 15.5; RFC 4918; RFC 6585; RFC 8470). */
const categories: ReadonlyMap<number, FailureCategory> = new Map([
  [401, 'auth'],
  [407, 'auth'],
  [408, 'transient'],
  // Somebody else changes the record, or our own call under the same key is still under way.
  [409, 'transient'],
  [423, 'busy'],
  [424, 'transient'],
  [425, 'transient'],
  [429, 'busy'],
  // What the server can't do at all it can't do later either.
  [501, 'permanent'],
  [505, 'permanent'],
]);

/**
 * What an error answer of a plain HTTP system means for the event. Of the body only a short code is kept: a message may
 * quote personal data. A redirect is an error, too: calls go to the host that the secret names and nowhere else.
 */
export function statusFailure(response: HttpResponse, operation: string, nowMs: number): Failure {
  const { status, headers } = response;
  return {
    kind: categoryOf(response),
    code: safeCode(problemCode(response), `http-${status}`),
    operation,
    status,
    retryAfterMs: retryAfterMs(headers['retry-after'], nowMs),
  };
}

function categoryOf({ status, headers }: HttpResponse): FailureCategory {
  const known = categories.get(status);
  if (known !== undefined) return known;
  if (status === 403) {
    // RFC 6750, section 3.1: what the token lacks it lacks for every event.
    if (/\berror="?(insufficient_scope|invalid_token)\b/.test(headers['www-authenticate'] ?? '')) return 'auth';
    // Whoever says when to come back does not refuse for good: GitHub limits so, for one.
    return headers['retry-after'] === undefined ? 'permanent' : 'busy';
  }
  return status >= 500 ? 'transient' : 'permanent';
}

/** `code`, else the last part of the `type` URI, which is `about:blank` where there is none. */
function problemCode({ headers, body }: HttpResponse): unknown {
  if (!/^application\/problem\+json\b/i.test(headers['content-type'] ?? '')) return undefined;
  const parsed = v.safeParse(problem, body);
  if (!parsed.success) return undefined;
  const { code, type } = parsed.output;
  if (typeof code === 'string') return code;
  return typeof type === 'string' && type !== 'about:blank' ? type.split(/[/#:]/).at(-1) : undefined;
}

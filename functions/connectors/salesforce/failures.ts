import * as v from 'valibot';
import type { Failure, FailureCategory } from '../../engine/outcome.ts';
import type { HttpResponse } from '../connector.ts';
import { retryAfterMs, safeCode } from '../http/failures.ts';

const errorBody = v.pipe(
  v.string(),
  v.parseJson(),
  v.tupleWithRest([v.looseObject({ errorCode: v.string() })], v.unknown()),
);

/**
 * Codes whose meaning the HTTP status doesn't tell. Everything else of 4xx is permanent.
 * Source: "Status Codes and Error Responses" of the REST API guide, and the StatusCode list of the SOAP API guide.
 */
const categories: Readonly<Record<string, FailureCategory>> = {
  INVALID_SESSION_ID: 'auth',
  INVALID_AUTH_HEADER: 'auth',
  API_DISABLED_FOR_ORG: 'auth',
  // The day's quota is spent, or the org is in maintenance: nothing is wrong with the event or the system.
  REQUEST_LIMIT_EXCEEDED: 'busy',
  ORG_IN_MAINTENANCE: 'busy',
  INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE: 'busy',
  UNABLE_TO_LOCK_ROW: 'busy',
  SERVER_UNAVAILABLE: 'transient',
  FUNCTIONALITY_TEMPORARILY_UNAVAILABLE: 'transient',
  REQUEST_RUNNING_TOO_LONG: 'transient',
  QUERY_TIMEOUT: 'transient',
  TOO_MANY_APEX_REQUESTS: 'transient',
  UNKNOWN_EXCEPTION: 'transient',
  TXN_SECURITY_METERING_ERROR: 'transient',
  // Somebody else created the record between our look and our write: the next attempt finds it.
  DUPLICATE_VALUE: 'transient',
  DUPLICATE_EXTERNAL_ID: 'transient',
};

/** What an error answer of Salesforce means for the event. Its message is not kept: it may quote personal data. */
export function salesforceFailure(response: HttpResponse, operation: string, nowMs: number): Failure {
  const { status, headers } = response;
  const parsed = v.safeParse(errorBody, response.body);
  const code = parsed.success ? parsed.output[0].errorCode : undefined;
  return {
    kind: (code === undefined ? undefined : categories[code]) ?? categoryOfStatus(status),
    code: safeCode(code, `http-${status}`),
    operation,
    status,
    retryAfterMs: retryAfterMs(headers['retry-after'], nowMs),
  };
}

function categoryOfStatus(status: number): FailureCategory {
  if (status === 401) return 'auth';
  if (status === 429) return 'busy';
  return status >= 500 ? 'transient' : 'permanent';
}

import * as v from 'valibot';
import type { Failure, FailureCategory } from '../../engine/outcome.ts';
import type { HttpResponse } from '../connector.ts';
import { retryAfterMs, safeCode } from '../http/failures.ts';

/** Of a refused call: a list whose first error counts. */
const errorList = v.pipe(
  v.tupleWithRest([v.looseObject({ errorCode: v.string(), message: v.optional(v.string(), '') })], v.unknown()),
  v.transform(([{ errorCode: code, message }]) => ({ code, message })),
);

/** Of a record that was refused inside an answer of 200 or 201; there the code is called `statusCode`. */
export const refusedRecord = v.pipe(
  v.looseObject({
    success: v.literal(false),
    errors: v.tupleWithRest(
      [v.looseObject({ statusCode: v.string(), message: v.optional(v.string(), '') })],
      v.unknown(),
    ),
  }),
  v.transform(({ errors: [{ statusCode: code, message }] }) => ({ code, message })),
);

const errorBody = v.pipe(v.string(), v.parseJson(), v.union([errorList, refusedRecord]));
const refusal = v.pipe(v.string(), v.parseJson(), v.looseObject({ success: v.literal(false) }));

/** Whether an answer says that its record was not written, whatever its status. */
export function refusedInside(body: string): boolean {
  return v.is(refusal, body);
}

/**
 * Codes whose meaning the HTTP status doesn't tell. Everything else of 4xx is permanent.
 * Source: "Status Codes and Error Responses" of the REST API guide, and the StatusCode list of the SOAP API guide.
 */
const categories: ReadonlyMap<string, FailureCategory> = new Map(
  Object.entries({
    INVALID_SESSION_ID: 'auth',
    INVALID_AUTH_HEADER: 'auth',
    API_DISABLED_FOR_ORG: 'auth',
    // The day's quota is spent, or the org is in maintenance: nothing is wrong with the event or the system.
    REQUEST_LIMIT_EXCEEDED: 'busy',
    ORG_IN_MAINTENANCE: 'busy',
    INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE: 'busy',
    UNABLE_TO_LOCK_ROW: 'busy',
    // An approval process holds the record.
    ENTITY_IS_LOCKED: 'transient',
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
  } as const),
);

/** What an error answer of Salesforce means for the event. Its message is not kept: it may quote personal data. */
export function salesforceFailure(response: HttpResponse, operation: string, nowMs: number): Failure {
  const { status, headers } = response;
  const parsed = v.safeParse(errorBody, response.body);
  const code = parsed.success ? codeOf(parsed.output) : undefined;
  return { ...failureOf(code, operation, status), retryAfterMs: retryAfterMs(headers['retry-after'], nowMs) };
}

/** What the refusal of one record of a collection means for its event; the call as a whole was answered 200. */
export function recordFailure(error: RecordError, operation: string): Failure {
  return failureOf(codeOf(error), operation, 200);
}

function failureOf(code: string | undefined, operation: string, status: number): Failure {
  const kind = categories.get(code ?? '') ?? categoryOfStatus(status);
  return { kind, code: safeCode(code, `http-${status}`), operation, status };
}

type RecordError = v.InferOutput<typeof refusedRecord>;

/** A trigger that failed for a locked row hides that code in its message. */
function codeOf({ code, message }: RecordError): string {
  const locked = code === 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY' && message.includes('UNABLE_TO_LOCK_ROW');
  return locked ? 'UNABLE_TO_LOCK_ROW' : code;
}

function categoryOfStatus(status: number): FailureCategory {
  if (status === 401) return 'auth';
  if (status === 429) return 'busy';
  return status >= 500 ? 'transient' : 'permanent';
}

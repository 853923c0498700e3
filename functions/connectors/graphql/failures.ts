import * as v from 'valibot';
import type { Failure, FailureCategory } from '../../engine/outcome.ts';
import type { HttpResponse } from '../connector.ts';
import { retryAfterMs, safeCode } from '../http/failures.ts';
import { statusFailure } from '../http/status-failure.ts';

/** An error of a GraphQL response. Most servers put the code into `extensions`; GitHub's calls it `type`. */
const errorSchema = v.looseObject({
  type: v.optional(v.unknown()),
  extensions: v.optional(v.fallback(v.looseObject({ code: v.optional(v.unknown()) }), {})),
});

const responseSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ data: v.optional(v.unknown()), errors: v.optional(v.nullable(v.array(errorSchema))) }),
);

/** A response of the GraphQL over HTTP specification, whatever its status; undefined where it is none. */
export function parseResponse({ body }: HttpResponse): v.InferOutput<typeof responseSchema> | undefined {
  const parsed = v.safeParse(responseSchema, body);
  if (!parsed.success) return undefined;
  return 'data' in parsed.output || (parsed.output.errors ?? []).length > 0 ? parsed.output : undefined;
}

/**
 * Codes in upper case with underscores, as Apollo, Shopify, GitHub and Hasura use them; there is no standard list.
 * Source: apollographql.com/docs/apollo-server/data/errors, shopify.dev/docs/api/usage/response-codes,
 * docs.github.com/graphql/overview, hasura.io/docs error codes.
 */
const categories: ReadonlyMap<string, FailureCategory> = new Map(
  Object.entries({
    UNAUTHENTICATED: 'auth',
    UNAUTHORIZED: 'auth',
    INVALID_JWT: 'auth',
    INVALID_HEADERS: 'auth',
    // What the token lacks it lacks for every event.
    INSUFFICIENT_SCOPES: 'auth',
    THROTTLED: 'busy',
    RATE_LIMITED: 'busy',
    RATE_LIMIT: 'busy',
    RATE_LIMIT_EXCEEDED: 'busy',
    TOO_MANY_REQUESTS: 'busy',
    INTERNAL_SERVER_ERROR: 'transient',
    SERVICE_UNAVAILABLE: 'transient',
    TIMEOUT: 'transient',
    CONFLICT: 'transient',
    // No event is forbidden that another one is not, as far as one answer tells.
    FORBIDDEN: 'permanent',
    ACCESS_DENIED: 'permanent',
    NOT_FOUND: 'permanent',
    BAD_REQUEST: 'permanent',
    BAD_USER_INPUT: 'permanent',
    GRAPHQL_PARSE_FAILED: 'permanent',
    GRAPHQL_VALIDATION_FAILED: 'permanent',
    OPERATION_RESOLUTION_FAILURE: 'permanent',
    VALIDATION_FAILED: 'permanent',
    CONSTRAINT_VIOLATION: 'permanent',
    MAX_COST_EXCEEDED: 'permanent',
  } as const),
);

/** Of several errors the first kind here decides: what may pass is tried again before anything is given up. */
const byWeight: readonly FailureCategory[] = ['auth', 'busy', 'transient', 'permanent'];

/**
 * What the errors of a response mean for the event; partial data beside them doesn't count. Of the errors only a short
 * code is kept: a message may quote personal data. An unknown code means what the status says; in a 2xx it is permanent
 * where there is no `data` (the request was refused before anything was done), else transient (a resolver failed).
 */
export function graphqlFailure(
  response: HttpResponse,
  { data, errors }: NonNullable<ReturnType<typeof parseResponse>>,
  operation: string,
  nowMs: number,
): Failure {
  const isError = response.status < 200 || response.status > 299;
  const unknown = isError
    ? statusFailure(response, operation, nowMs).kind
    : data === undefined
      ? 'permanent'
      : 'transient';
  const judged = (errors ?? []).map(({ extensions, type }) => {
    const code = extensions?.code ?? type;
    return { code, kind: (typeof code === 'string' && categories.get(normal(code))) || unknown };
  });
  const [worst] = judged.toSorted((one, other) => byWeight.indexOf(one.kind) - byWeight.indexOf(other.kind));
  return {
    kind: worst?.kind ?? unknown,
    code: safeCode(worst?.code, 'graphql-error'),
    operation,
    status: response.status,
    retryAfterMs: retryAfterMs(response.headers['retry-after'], nowMs),
  };
}

/** Hasura writes `access-denied`. */
function normal(code: string): string {
  return code.toUpperCase().replaceAll('-', '_');
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { salesforceFailure } from '../../../../functions/connectors/salesforce/failures.ts';

const nowMs = Date.parse('2026-11-20T08:00:00Z');
const errorsFolder = new URL('../../../fixtures/payloads/salesforce-errors/', import.meta.url);

function failureOf(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return salesforceFailure({ kind: 'response', status, headers, body: text }, 'salesforce.upsert', nowMs);
}

const anError = (errorCode: string, message = 'about ada@example.com') => [{ errorCode, message, fields: [] }];

describe('salesforceFailure', () => {
  it.each([
    [401, 'INVALID_SESSION_ID', 'auth'],
    [401, 'INVALID_AUTH_HEADER', 'auth'],
    [403, 'API_DISABLED_FOR_ORG', 'auth'],
    [403, 'REQUEST_LIMIT_EXCEEDED', 'busy'],
    [400, 'UNABLE_TO_LOCK_ROW', 'busy'],
    [503, 'ORG_IN_MAINTENANCE', 'busy'],
    [500, 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE', 'busy'],
    [503, 'SERVER_UNAVAILABLE', 'transient'],
    [400, 'ENTITY_IS_LOCKED', 'transient'],
    [400, 'REQUEST_RUNNING_TOO_LONG', 'transient'],
    [400, 'QUERY_TIMEOUT', 'transient'],
    [400, 'DUPLICATE_VALUE', 'transient'],
    [500, 'UNKNOWN_EXCEPTION', 'transient'],
    [403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'permanent'],
    [404, 'ENTITY_IS_DELETED', 'permanent'],
    [404, 'NOT_FOUND', 'permanent'],
    [400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'permanent'],
    [400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'permanent'],
  ])('%d %s is %s', (status, code, kind) => {
    expect(failureOf(status, anError(code))).toMatchObject({ kind, code, status, operation: 'salesforce.upsert' });
  });

  it.each([
    [401, '', 'auth'],
    [403, '', 'permanent'],
    [404, '{"unexpected":true}', 'permanent'],
    [429, '[]', 'busy'],
    [500, '<html>error</html>', 'transient'],
    [503, 'Service Unavailable', 'transient'],
  ])('%d without a code is %3$s', (status, body, kind) => {
    expect(failureOf(status, body)).toMatchObject({ kind, code: `http-${status}` });
  });

  it('sees the locked row behind a trigger that failed', () => {
    const message =
      'UpdateRollup: execution of AfterUpdate caused by: System.DmlException: UNABLE_TO_LOCK_ROW, unable to';

    const failure = failureOf(400, anError('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message));

    expect(failure).toMatchObject({ kind: 'busy', code: 'UNABLE_TO_LOCK_ROW' });
  });

  it.each([
    ['crm.delete.not-found', 404, 'permanent', 'ENTITY_IS_DELETED'],
    ['doc.request-limit-exceeded.403', 403, 'busy', 'REQUEST_LIMIT_EXCEEDED'],
    ['invalid-field-upsert', 400, 'permanent', 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['unknown-field', 400, 'permanent', 'INVALID_FIELD'],
    ['unknown-object', 400, 'permanent', 'INVALID_TYPE'],
    ['batch.create.contacts.err-bad-request', 400, 'permanent', 'REQUIRED_FIELD_MISSING'],
    ['metadata.write.err-duplicate-permission-assignment', 400, 'transient', 'DUPLICATE_VALUE'],
    ['success-with-errors', 200, 'permanent', 'MALFORMED_ID'],
  ] as const)('reads the recorded answer %s', (name, status, kind, code) => {
    const body = readFileSync(new URL(`${name}.json`, errorsFolder), 'utf8');

    expect(failureOf(status, body)).toEqual({ kind, code, status, operation: 'salesforce.upsert' });
  });

  it('reads Retry-After, and keeps nothing of the message', () => {
    const failure = failureOf(503, anError('SERVER_UNAVAILABLE'), { 'retry-after': '9' });

    expect(failure.retryAfterMs).toBe(9_000);
    expect(JSON.stringify(failure)).not.toContain('ada');
  });

  it('does not take a member of every object for a code', () => {
    expect(failureOf(400, anError('constructor'))).toMatchObject({ kind: 'permanent', code: 'constructor' });
  });
});

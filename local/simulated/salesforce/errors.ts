import type { Refusal } from '../faults.ts';
import type { SimulatedResponse } from '../http-server.ts';

/** Any refusal of the data API, in the shape `[{message, errorCode, fields?}]`. The caller must mend what it names. */
export class SalesforceApiError extends Error {
  override readonly name = 'SalesforceApiError';
  readonly status: number;
  readonly errorCode: string;
  readonly fields: readonly string[] | undefined;

  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.fields = fields;
  }

  toResponse(): SimulatedResponse {
    const { message, errorCode, fields } = this;
    return { status: this.status, body: [{ message, errorCode, ...(fields && { fields }) }] };
  }
}

/** No record, object type or resource of that name. */
export const notFound = (message = 'The requested resource does not exist') =>
  new SalesforceApiError(404, 'NOT_FOUND', message);

/** The token is unknown or was revoked; fetch a new one. */
export const invalidSession = () => new SalesforceApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');

/** An id with a wrong length or checksum. */
export const malformedId = (id: string) => new SalesforceApiError(400, 'MALFORMED_ID', `malformed id ${id}`);

/** A field that the object type does not have; the message names it. */
export const noSuchColumn = (field: string, object: string) =>
  new SalesforceApiError(400, 'INVALID_FIELD', `No such column '${field}' on sobject of type ${object}`);

/** The resource exists, the method does not. */
export const methodNotAllowed = (method: string, allowed: string) =>
  new SalesforceApiError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed. Allowed are ${allowed}`);

const REFUSALS: Record<Refusal, [status: number, errorCode: string, message: string, fields?: string[]]> = {
  down: [503, 'SERVER_UNAVAILABLE', 'Server is temporarily unavailable (simulated fault).'],
  throttle: [429, 'REQUEST_LIMIT_EXCEEDED', 'Too many requests (simulated fault).'],
  quota: [403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded (simulated fault).'],
  'row-lock': [400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record (simulated fault).', []],
  'no-such-field': [400, 'INVALID_FIELD', "No such column 'Renamed__c' on sobject (simulated fault)."],
};

/** What a fault makes a call be refused with, or one record of a collection. */
export const refusalError = (fault: Refusal) => new SalesforceApiError(...REFUSALS[fault]);

/** The same as an answer. */
export const refuse = (fault: Refusal): SimulatedResponse => refusalError(fault).toResponse();

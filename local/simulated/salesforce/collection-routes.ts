import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { type CollectionRecord, readCollection } from './collection-input.ts';
import { methodNotAllowed, notFound, refusalError, SalesforceApiError } from './errors.ts';
import { externalIdOf, objectTypeOf } from './object-types.ts';
import { originOf } from './origin.ts';
import type { RecordCall } from './record-routes.ts';

type Result =
  | { id: string; success: true; errors: []; created?: boolean }
  | { success: false; errors: { statusCode: string; message: string; fields: readonly string[] }[] };

/** Does what is asked of one record; `created` tells only of an upsert. */
type Operation = (record: CollectionRecord) => { id: string; created?: boolean };

/** `/composite/sobjects` and `/composite/sobjects/{type}/{external id field}`. */
export function answerCollection(call: RecordCall, [typeName, fieldName, ...rest]: string[]): SimulatedResponse {
  const { organization, request } = call;
  const origin = originOf(request);
  if (typeName === undefined) {
    if (request.method === 'POST') {
      return settle(call, undefined, ({ type, input }) => ({ id: organization.create(type, input, origin).Id }));
    }
    if (request.method !== 'PATCH') throw methodNotAllowed(request.method, 'POST,PATCH');
    return settle(call, 'Id', ({ type, key, input }) => ({ id: organization.update(type, key, input, origin).Id }));
  }
  if (fieldName === undefined || rest.length > 0) throw notFound();
  if (request.method !== 'PATCH') throw methodNotAllowed(request.method, 'PATCH');
  const wanted = objectTypeOf(typeName);
  const field = externalIdOf(wanted, fieldName);
  return settle(call, field.name, ({ type, key, input }) => {
    if (type !== wanted) throw new SalesforceApiError(400, 'INVALID_TYPE', `Record is not of type ${wanted.name}`);
    return organization.upsert(type, { field, value: key, updateOnly: false }, input, origin);
  });
}

/** Answers 200 whatever became of the records: each has its own result, in the order of the request. */
function settle(
  { organization, request }: RecordCall,
  keyName: string | undefined,
  operate: Operation,
): SimulatedResponse {
  const { allOrNone, records } = readCollection(request.body, keyName);
  const settleAll = () => records.map((record) => settleOne(request, record, operate));
  if (!allOrNone) return { status: 200, body: settleAll() };

  const isDone = (results: Result[]) => results.every(({ success }) => success);
  const results = organization.allOrNone(settleAll, isDone);
  return { status: 200, body: isDone(results) ? results : results.map((one) => (one.success ? rolledBack() : one)) };
}

function settleOne(
  { recordRefusal }: SimulatedRequest,
  record: CollectionRecord | SalesforceApiError,
  operate: Operation,
): Result {
  if (record instanceof SalesforceApiError) return failed(record);
  const fault = recordRefusal(record.names);
  return fault ? failed(refusalError(fault)) : attempt(operate, record);
}

function attempt(operate: Operation, record: CollectionRecord): Result {
  try {
    const { id, created } = operate(record);
    return { id, success: true, errors: [], ...(created !== undefined && { created }) };
  } catch (error) {
    if (error instanceof SalesforceApiError) return failed(error);
    throw error;
  }
}

/** Inside a collection the code is called `statusCode`, and a list of fields is always there. */
const failed = ({ errorCode, message, fields = [] }: SalesforceApiError): Result => ({
  success: false,
  errors: [{ statusCode: errorCode, message, fields }],
});

const rolledBack = () =>
  failed(
    new SalesforceApiError(
      400,
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'Record rolled back because not all records were valid and the request was using AllOrNone header',
    ),
  );

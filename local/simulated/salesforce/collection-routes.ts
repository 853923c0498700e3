import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { type CollectionRecord, readCollection, readSelection } from './collection-input.ts';
import { methodNotAllowed, notFound, refusalError, SalesforceApiError } from './errors.ts';
import { toId18 } from './ids.ts';
import { externalIdOf, fieldOf, type ObjectType, objectTypeOf } from './object-types.ts';
import { originOf } from './origin.ts';
import type { RecordCall } from './record-routes.ts';
import { projected } from './soql-run.ts';

type Result =
  | { id: string; success: true; errors: []; created?: boolean }
  | { success: false; errors: { statusCode: string; message: string; fields: readonly string[] }[] };

/** Does what is asked of one record; `created` tells only of an upsert. */
type Operation = (record: CollectionRecord) => { id: string; created?: boolean };

/** `/composite/sobjects`, `/composite/sobjects/{type}` and `/composite/sobjects/{type}/{external id field}`. */
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
  if (rest.length > 0) throw notFound();
  const wanted = objectTypeOf(typeName);
  if (fieldName === undefined) return { status: 200, body: shown(call, wanted) };
  if (request.method !== 'PATCH') throw methodNotAllowed(request.method, 'PATCH');
  const field = externalIdOf(wanted, fieldName);
  return settle(call, field.name, ({ type, key, input }) => {
    if (type !== wanted) throw new SalesforceApiError(400, 'INVALID_TYPE', `Record is not of type ${wanted.name}`);
    return organization.upsert(type, { field, value: key, updateOnly: false }, input, origin);
  });
}

/** Each record in its place; null for one that is deleted, was never there, or whose id is none. */
function shown({ organization, request, versionUrl }: RecordCall, type: ObjectType): (object | null)[] {
  if (request.method !== 'GET' && request.method !== 'POST') throw methodNotAllowed(request.method, 'GET,POST');
  const { ids, names } = readSelection(request);
  const fields = ['Id', ...names].map((name) => fieldOf(type, name));
  return ids.map((id) => {
    const record = organization.table(type).find(toId18(id) ?? id);
    return record ? projected(type, record, fields, versionUrl) : null;
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

import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { methodNotAllowed, notFound } from './errors.ts';
import { externalIdOf, fieldOf, type ObjectType, objectTypeOf } from './object-types.ts';
import type { Organization } from './organization.ts';
import { originOf } from './origin.ts';
import { idOf, readRecordInput } from './record-input.ts';
import type { SObject } from './record-table.ts';
import { projected } from './soql-run.ts';

/** A call about records. */
export interface RecordCall {
  organization: Organization;
  request: SimulatedRequest;
  /** `/services/data/vNN.N` */
  versionUrl: string;
}

/** `/sobjects/{type}`, `/sobjects/{type}/{id}` and `/sobjects/{type}/{external id field}/{value}`. */
export function answerRecords(call: RecordCall, [typeName = '', ...key]: string[]): SimulatedResponse {
  const type = objectTypeOf(typeName);
  const [first, second] = key;
  if (first === undefined) return create(call, type);
  if (second === undefined) return byId(call, type, idOf(first));
  if (key.length === 2) return byExternalId(call, type, first, second);
  throw notFound();
}

function create({ organization, request, versionUrl }: RecordCall, type: ObjectType): SimulatedResponse {
  if (request.method !== 'POST') throw methodNotAllowed(request.method, 'POST');
  const { Id: id } = organization.create(type, readRecordInput(type, request.body), originOf(request));
  const location = `${versionUrl}/sobjects/${type.name}/${id}`;
  return { status: 201, headers: { location }, body: { id, success: true, errors: [] } };
}

function byId(call: RecordCall, type: ObjectType, id: string): SimulatedResponse {
  const { organization, request } = call;
  if (request.method === 'GET') return shown(call, type, organization.table(type).get(id));
  if (request.method === 'PATCH') {
    organization.update(type, id, readRecordInput(type, request.body, 'Id'), originOf(request));
    return { status: 204 };
  }
  if (request.method === 'DELETE') {
    organization.delete(type, id, originOf(request));
    return { status: 204 };
  }
  throw methodNotAllowed(request.method, 'GET,PATCH,DELETE');
}

function byExternalId(call: RecordCall, type: ObjectType, fieldName: string, value: string): SimulatedResponse {
  const { organization, request } = call;
  const field = externalIdOf(type, fieldName);
  if (request.method === 'GET') {
    const record = organization.table(type).findByExternalId(field, value);
    if (!record) throw notFound();
    return shown(call, type, record);
  }
  if (request.method !== 'PATCH') throw methodNotAllowed(request.method, 'GET,PATCH');

  const input = readRecordInput(type, request.body, field.name);
  const updateOnly = request.query.get('updateOnly') === 'true';
  const { id, created } = organization.upsert(type, { field, value, updateOnly }, input, originOf(request));
  return { status: created ? 201 : 200, body: { id, success: true, errors: [], created } };
}

/** All fields, or those of `?fields=a,b` and the Id. */
function shown({ request, versionUrl }: RecordCall, type: ObjectType, record: SObject): SimulatedResponse {
  const names = request.query.get('fields');
  const fields = names === null ? type.fields : `${names},Id`.split(',').map((name) => fieldOf(type, name.trim()));
  return { status: 200, body: projected(type, record, fields, versionUrl) };
}

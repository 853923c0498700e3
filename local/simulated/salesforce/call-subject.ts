import * as v from 'valibot';
import type { CallSubject } from '../faults.ts';
import type { SimulatedRequest } from '../http-server.ts';
import { pathSegments } from '../path-segments.ts';
import { toId18 } from './ids.ts';
import { findField, findObjectType, type ObjectType } from './object-types.ts';

/** By which a fault can hit one kind of call; `read` and `collections` cover every read and write of several records. */
export const SALESFORCE_OPERATIONS = [
  'token',
  'create',
  'read',
  'update',
  'upsert',
  'query',
  'delete',
  'limits',
  'collections',
] as const;

type Operation = (typeof SALESFORCE_OPERATIONS)[number];
type Fields = Readonly<Record<string, unknown>>;

const fieldsSchema = v.record(v.string(), v.unknown());
const bodySchema = v.pipe(v.string(), v.parseJson(), fieldsSchema);
const collectionSchema = v.object({ records: v.array(fieldsSchema) });
const idsSchema = v.object({ ids: v.array(v.string()) });
const attributesSchema = v.object({ type: v.string() });

const BY_ID = new Map<string, Operation>([
  ['GET', 'read'],
  ['PATCH', 'update'],
  ['DELETE', 'delete'],
]);
const BY_EXTERNAL_ID = new Map<string, Operation>([
  ['GET', 'read'],
  ['PATCH', 'upsert'],
]);

/** What a call is about: the records that its path names, and those that its body does. */
export function subjectOf(call: Pick<SimulatedRequest, 'method' | 'path' | 'query' | 'body'>): CallSubject {
  const { method, path, query, body } = call;
  const [, api, version, resource, ...rest] = pathSegments(path).filter((segment) => segment !== '');
  if (api === 'oauth2') return { operation: version === 'token' ? 'token' : undefined, records: [] };
  const fields = fieldsOf(body);
  if (resource === 'sobjects') return recordSubject(method, fields, rest);
  if (resource === 'composite' && rest[0] === 'sobjects') {
    // Of several records that are read none can fail alone: the call fails, or shows null.
    if (rest.length === 2) return { operation: 'read', records: readIdsOf(query, fields) };
    const parsed = v.safeParse(collectionSchema, fields);
    const records = parsed.success ? parsed.output.records.flatMap((record) => namesOf(typeOf(record), record)) : [];
    return { operation: 'collections', records, isCollection: true };
  }
  return { operation: resource === 'query' || resource === 'limits' ? resource : undefined, records: [] };
}

function readIdsOf(query: URLSearchParams, fields: Fields): string[] {
  const inBody = v.safeParse(idsSchema, fields);
  const ids = inBody.success ? inBody.output.ids : (query.get('ids')?.split(',') ?? []);
  return ids.map((id) => toId18(id) ?? id);
}

/** All names of the record in a body: its id, in 18 characters, and the values of its external ids. */
export function namesOf(type: ObjectType | undefined, fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const field = type && findField(type, name);
    if (!field || typeof value !== 'string') return [];
    if (field.kind === 'id') return [toId18(value) ?? value];
    return field.isExternalId ? [value] : [];
  });
}

/** The object type that a record of a collection says it has. */
export function typeOf({ attributes }: Fields): ObjectType | undefined {
  const parsed = v.safeParse(attributesSchema, attributes);
  return parsed.success ? findObjectType(parsed.output.type) : undefined;
}

function recordSubject(method: string, fields: Fields, [typeName = '', first, value]: string[]): CallSubject {
  const inBody = namesOf(findObjectType(typeName), fields);
  if (first === undefined) return { operation: method === 'POST' ? 'create' : undefined, records: inBody };
  if (value !== undefined) return { operation: BY_EXTERNAL_ID.get(method), records: [value, ...inBody] };
  return { operation: BY_ID.get(method), records: [toId18(first) ?? first, ...inBody] };
}

function fieldsOf(body: string): Fields {
  const parsed = v.safeParse(bodySchema, body);
  return parsed.success ? parsed.output : {};
}

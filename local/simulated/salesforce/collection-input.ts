import * as v from 'valibot';
import type { SimulatedRequest } from '../http-server.ts';
import { namesOf } from './call-subject.ts';
import { SalesforceApiError } from './errors.ts';
import { findObjectType, type ObjectType } from './object-types.ts';
import { idOf, jsonError, type RecordInput, readFields } from './record-input.ts';

/** One record of a collection call, each part checked alone. */
export interface CollectionRecord {
  type: ObjectType;
  /** Its id and the values of its external ids. */
  names: string[];
  /** In an update the id, in an upsert the external id. */
  key: string;
  input: RecordInput;
}

/** A collection call: its records in order, or for each that can't be read the reason. */
export interface CollectionInput {
  allOrNone: boolean;
  records: (CollectionRecord | SalesforceApiError)[];
}

// developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-create.html
const MOST_RECORDS = 200;
const MOST_CHUNKS = 10;

// .../resources-composite-sobjects-collections-retrieve-post.html
const MOST_READ = 2000;

const recordSchema = v.looseObject({ attributes: v.looseObject({ type: v.string() }) });
const bodySchema = v.pipe(
  v.string(),
  v.parseJson(),
  // A list passes for an object otherwise.
  v.check((body) => !Array.isArray(body)),
  v.object({ allOrNone: v.optional(v.boolean(), false), records: v.optional(v.array(recordSchema), []) }),
);

const selectionSchema = v.object({
  ids: v.array(v.string()),
  fields: v.pipe(v.array(v.string()), v.minLength(1)),
});

type SentRecord = v.InferOutput<typeof recordSchema>;

/** Reads the body of a collection call. `keyName` is `Id` or an external id; without one the records are all new. */
export function readCollection(body: string, keyName?: string): CollectionInput {
  const parsed = v.safeParse(bodySchema, body);
  if (!parsed.success) throw jsonError('The body is not a collection of records that each have a type');
  const { allOrNone, records } = parsed.output;
  if (records.length === 0) {
    throw new SalesforceApiError(400, 'REQUIRED_FIELD_MISSING', 'At least 1 record is required');
  }
  if (records.length > MOST_RECORDS) {
    const message = `record limit reached. cannot submit more than ${MOST_RECORDS} records into this call`;
    throw new SalesforceApiError(400, 'EXCEEDED_ID_LIMIT', message);
  }
  const chunks = records.filter((record, i) => record.attributes.type !== records[i - 1]?.attributes.type);
  if (chunks.length > MOST_CHUNKS) {
    const message = `Cannot have more than ${MOST_CHUNKS} chunks in a single operation. Sort the records by type.`;
    throw new SalesforceApiError(400, 'LIMIT_EXCEEDED', message);
  }
  return { allOrNone, records: withoutTwins(records.map((record) => readAlone(record, keyName))) };
}

/** Which records a collection call reads, and which fields of them: in its query or, when posted, in its body. */
export function readSelection(request: Pick<SimulatedRequest, 'method' | 'query' | 'body'>): {
  ids: string[];
  names: string[];
} {
  const { method, query, body } = request;
  const listed = (name: string) => query.get(name)?.split(',');
  const parsed =
    method === 'POST'
      ? v.safeParse(v.pipe(v.string(), v.parseJson(), selectionSchema), body)
      : v.safeParse(selectionSchema, { ids: listed('ids'), fields: listed('fields') });
  if (!parsed.success) throw jsonError('The call does not name ids and fields');
  const { ids, fields } = parsed.output;
  if (ids.length > MOST_READ) {
    throw new SalesforceApiError(400, 'EXCEEDED_ID_LIMIT', `cannot read more than ${MOST_READ} records at once`);
  }
  return { ids, names: fields };
}

/**
 * A record that is named twice in one call is not written at all: Salesforce Help 000384876, "Duplicate Id Specified". An
 * empty key is a new record's.
 */
function withoutTwins(records: CollectionInput['records']): CollectionInput['records'] {
  const named = Map.groupBy(records, (record) => (record instanceof SalesforceApiError ? '' : record.key));
  return records.map((record) => {
    if (record instanceof SalesforceApiError || record.key === '' || named.get(record.key)?.length === 1) return record;
    return new SalesforceApiError(400, 'DUPLICATE_VALUE', `Duplicate id specified: ${record.key}`, []);
  });
}

/** What JSON can't carry fails the whole call; any other mistake only its record. */
function readAlone(record: SentRecord, keyName: string | undefined): CollectionRecord | SalesforceApiError {
  try {
    return readRecord(record, keyName);
  } catch (error) {
    if (error instanceof SalesforceApiError && error.errorCode !== 'JSON_PARSER_ERROR') return error;
    throw error;
  }
}

function readRecord({ attributes, ...fields }: SentRecord, keyName: string | undefined): CollectionRecord {
  const type = findObjectType(attributes.type);
  if (!type) throw new SalesforceApiError(400, 'INVALID_TYPE', `sObject type '${attributes.type}' is not supported.`);
  const names = namesOf(type, fields);
  if (keyName === undefined) return { type, names, key: '', input: readFields(type, fields) };

  const isKey = ([name]: [string, unknown]) => name.toLowerCase() === keyName.toLowerCase();
  const entries = Object.entries(fields);
  const value = entries.find(isKey)?.[1];
  const isId = keyName === 'Id';
  if (typeof value !== 'string' || value === '') {
    const message = isId ? 'Id not specified in an update call' : `${keyName} not specified`;
    throw new SalesforceApiError(400, 'MISSING_ARGUMENT', message);
  }
  const others = Object.fromEntries(entries.filter((entry) => !isKey(entry)));
  return { type, names, key: isId ? idOf(value) : value, input: readFields(type, others, keyName) };
}

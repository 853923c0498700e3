import * as v from 'valibot';
import type { CallSubject } from '../faults.ts';
import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { pathSegments } from '../path-segments.ts';
import type { KeyedCalls, RecordStore, Stored } from '../record-store.ts';
import { EndpointError } from './errors.ts';

/** What the routes work on. */
export interface Endpoint {
  records: RecordStore;
  keyed: KeyedCalls<SimulatedResponse>;
}

/** By which a fault can hit one kind of call: `upsert` is a PUT, `update` a PATCH, `create` a POST. */
export const ENDPOINT_OPERATIONS = ['read', 'list', 'upsert', 'update', 'create', 'delete', 'health'] as const;

type Operation = (typeof ENDPOINT_OPERATIONS)[number];

const ONE: Readonly<Record<string, Operation>> = { GET: 'read', PUT: 'upsert', PATCH: 'update', DELETE: 'delete' };
const ALL: Readonly<Record<string, Operation>> = { GET: 'list', POST: 'create' };

/** Text longer than this is refused: something that no retry mends. */
const LONGEST_TEXT = 1_000;

const fieldsSchema = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** What a call is about: the id in its path, and the texts in its body. */
export function subjectOf(call: Pick<SimulatedRequest, 'method' | 'path' | 'body'>): CallSubject {
  const { operation, id } = find(call);
  const fields = v.safeParse(fieldsSchema, call.body);
  const texts = fields.success ? Object.values(fields.output) : [];
  return { operation, records: [id, ...texts].filter((text) => typeof text === 'string') };
}

/** Does what a call is for, with any collection that it names. */
export async function operate(endpoint: Endpoint, request: SimulatedRequest): Promise<SimulatedResponse> {
  const { operation, collection, id } = find(request);
  const { records, keyed } = endpoint;
  if (operation === 'health') return { status: 200, body: { status: 'ok' } };
  if (operation === 'list') return { status: 200, body: { data: records.list(collection) } };
  if (operation === undefined) throw new EndpointError(404, 'no_route', 'There is no such route.');
  if (operation === 'read') {
    const found = records.get(collection, id);
    return found !== undefined && found !== 'gone' ? { status: 200, body: found } : missing(found);
  }
  if (operation === 'delete') return records.delete(collection, id) ? { status: 204 } : missing(undefined);
  const fields = fieldsOf(request);
  const write = async (): Promise<SimulatedResponse> => {
    await request.takeTime();
    if (operation === 'create') return { status: 201, body: records.add(collection, fields) };
    return stored(operation === 'upsert' ? records.put(collection, id, fields) : records.patch(collection, id, fields));
  };
  const key = request.headers['idempotency-key'];
  if (operation !== 'create' || typeof key !== 'string') return write();
  const answer = await keyed.once(key, `${request.path} ${request.body}`, write);
  if (answer === 'in-use') throw new EndpointError(409, 'key_in_use', 'A call under this key is under way.');
  if (answer === 'other-call') throw new EndpointError(422, 'key_reused', 'The key was used for another call.');
  return answer;
}

function find({ method, path }: Pick<SimulatedRequest, 'method' | 'path'>) {
  const [collection = '', id = '', ...rest] = pathSegments(path);
  const isKnown = collection !== '' && rest.length === 0;
  const isHealth = method === 'GET' && path === '/health';
  const operation = isHealth ? 'health' : isKnown ? (id === '' ? ALL : ONE)[method] : undefined;
  return { operation, collection, id };
}

function fieldsOf({ headers, body }: SimulatedRequest): Record<string, unknown> {
  if (!/^application\/([\w.-]+\+)?json\b/.test(headers['content-type'] ?? '')) {
    throw new EndpointError(415, 'not_json', 'Send application/json.');
  }
  const fields = v.safeParse(fieldsSchema, body);
  if (!fields.success) throw new EndpointError(400, 'malformed_body', 'Send a JSON object.');
  if (Object.values(fields.output).some((text) => typeof text === 'string' && text.length > LONGEST_TEXT)) {
    throw new EndpointError(422, 'text_too_long', `A text has more than ${LONGEST_TEXT} characters.`);
  }
  return fields.output;
}

function stored(result: Stored | undefined): SimulatedResponse {
  if (result === undefined || result === 'gone') return missing(result);
  return { status: result.created ? 201 : 200, body: result.record };
}

function missing(what: 'gone' | undefined): SimulatedResponse {
  throw what === 'gone'
    ? new EndpointError(410, 'gone', 'The record was deleted.')
    : new EndpointError(404, 'not_found', 'There is no such record.');
}

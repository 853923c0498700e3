import * as v from 'valibot';
import type { CallSubject } from '../faults.ts';
import type { SimulatedRequest } from '../http-server.ts';
import type { KeyedCalls, RecordStore, StoredRecord } from '../record-store.ts';
import { type Field, GraphqlSyntaxError, type Operation, parseDocument } from './document.ts';
import { GraphqlError } from './errors.ts';

/** What the root fields work on. */
export interface Graph {
  records: RecordStore;
  keyed: KeyedCalls<StoredRecord>;
}

/** By which a fault can hit one kind of call: `record` and `records`, `putRecord`, `appendRecord`, anything else. */
export const GRAPHQL_OPERATIONS = ['read', 'upsert', 'create', 'query'] as const;

const OPERATION_OF: Readonly<Record<string, (typeof GRAPHQL_OPERATIONS)[number]>> = {
  record: 'read',
  records: 'read',
  putRecord: 'upsert',
  appendRecord: 'create',
};

/** Text longer than this is refused: something that no retry mends. */
const LONGEST_TEXT = 1_000;

const COLLECTION = 'records';

const inputSchema = v.record(v.string(), v.unknown());
const bodySchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ query: v.string(), variables: v.optional(v.nullable(inputSchema)) }),
);

interface Call {
  operation: Operation;
  root: Field;
  variables: Record<string, unknown>;
}

/** What a call is about: its id, its key, and the texts in its input. */
export function subjectOf({ body }: Pick<SimulatedRequest, 'body'>): CallSubject {
  const parsed = v.safeParse(bodySchema, body);
  if (!parsed.success) return { operation: undefined, records: [] };
  const { id, key, input } = parsed.output.variables ?? {};
  const fields = v.safeParse(inputSchema, input);
  const texts = [id, key, ...(fields.success ? Object.values(fields.output) : [])];
  return { operation: operationOf(parsed.output.query), records: texts.filter((text) => typeof text === 'string') };
}

function operationOf(document: string): CallSubject['operation'] {
  try {
    return OPERATION_OF[parseDocument(document).selection[0]?.name ?? ''] ?? 'query';
  } catch (error) {
    if (error instanceof GraphqlSyntaxError) return undefined;
    throw error;
  }
}

/**
 * Resolves a document. The schema: `record(id: ID!)`, `records`, `putRecord(id: ID!, input: RecordInput!)` and
 * `appendRecord(key: String!, input: RecordInput!)`; a record has whatever fields it was given.
 */
export async function resolve(graph: Graph, request: SimulatedRequest): Promise<Record<string, unknown>> {
  const { operation, root, variables } = callOf(request.body);
  if (root.name === '__typename') return { __typename: operation.kind === 'query' ? 'Query' : 'Mutation' };
  const argument = (name: string) => variables[root.arguments[name] ?? ''];
  const text = (name: string) => {
    const value = argument(name);
    if (typeof value === 'string' && value !== '') return value;
    throw new GraphqlError('GRAPHQL_VALIDATION_FAILED', `Argument ${name} of ${root.name} must be a text.`);
  };
  const value = await resolveField(`${operation.kind} ${root.name}`, graph, {
    text,
    input: () => inputOf(root, argument('input')),
    request,
  });
  return { [root.name]: select(value, root) };
}

interface Arguments {
  text(name: string): string;
  input(): Record<string, unknown>;
  request: SimulatedRequest;
}

async function resolveField(field: string, { records, keyed }: Graph, given: Arguments): Promise<unknown> {
  switch (field) {
    case 'query records':
      return records.list(COLLECTION);
    case 'query record': {
      const found = records.get(COLLECTION, given.text('id'));
      return found === 'gone' ? null : (found ?? null);
    }
    case 'mutation putRecord': {
      const [id, input] = [given.text('id'), given.input()];
      await given.request.takeTime();
      const stored = records.put(COLLECTION, id, input);
      return stored === 'gone' ? null : stored.record;
    }
    case 'mutation appendRecord': {
      const [key, input] = [given.text('key'), given.input()];
      const made = await keyed.once(key, JSON.stringify(input), async () => {
        await given.request.takeTime();
        return records.add(COLLECTION, input);
      });
      if (made === 'in-use') throw new GraphqlError('CONFLICT', 'A call under this key is under way.', null);
      if (made === 'other-call') throw new GraphqlError('BAD_USER_INPUT', 'The key was used for another call.', null);
      return made;
    }
    default:
      throw new GraphqlError('GRAPHQL_VALIDATION_FAILED', `There is no ${field}.`);
  }
}

function callOf(body: string): Call {
  const parsed = v.safeParse(bodySchema, body);
  if (!parsed.success) throw new GraphqlError('BAD_REQUEST', 'Send { "query", "variables" } as JSON.');
  const variables = parsed.output.variables ?? {};
  const operation = readDocument(parsed.output.query);
  const missing = operation.variables.find(
    (name) => name.endsWith('!') && (variables[name.slice(0, -1)] ?? null) === null,
  );
  if (missing !== undefined) throw new GraphqlError('BAD_USER_INPUT', `Variable $${missing.slice(0, -1)} is missing.`);
  const [root, ...others] = operation.selection;
  if (root === undefined || others.length > 0) {
    throw new GraphqlError('GRAPHQL_VALIDATION_FAILED', 'This server resolves one root field at a time.');
  }
  return { operation, root, variables };
}

function readDocument(document: string): Operation {
  try {
    return parseDocument(document);
  } catch (error) {
    if (error instanceof GraphqlSyntaxError) throw new GraphqlError('GRAPHQL_PARSE_FAILED', error.message);
    throw error;
  }
}

function inputOf({ name }: Field, value: unknown): Record<string, unknown> {
  const fields = v.safeParse(inputSchema, value);
  if (!fields.success) throw new GraphqlError('BAD_USER_INPUT', 'input must be an object.');
  if (Object.values(fields.output).some((text) => typeof text === 'string' && text.length > LONGEST_TEXT)) {
    const message = `A text has more than ${LONGEST_TEXT} characters.`;
    throw new GraphqlError('BAD_USER_INPUT', message, { [name]: null });
  }
  return fields.output;
}

/** Only what was asked for is answered. */
function select(value: unknown, field: Field): unknown {
  if (Array.isArray(value)) return value.map((item) => select(item, field));
  const record = v.safeParse(inputSchema, value);
  if (!record.success || field.selection.length === 0) return value;
  return Object.fromEntries(
    field.selection.map((child) => [child.name, select(record.output[child.name] ?? null, child)]),
  );
}

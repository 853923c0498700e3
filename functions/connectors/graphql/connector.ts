import { isObject } from '../../contract/json-bytes.ts';
import type { ObjectType } from '../../contract/object-type.ts';
import type { GraphqlOptions } from '../../contract/plain-http.ts';
import { type Failure, type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, Connect, HttpResponse, RecordWrite, RemoteRecord, Written } from '../connector.ts';
import { safeCode } from '../http/failures.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { fieldOf, idIn, jsonOf } from '../http/json-fields.ts';
import { createPlainClient } from '../http/plain-client.ts';
import { statusFailure } from '../http/status-failure.ts';
import { graphqlFailure, parseResponse } from './failures.ts';

/** With the system's name, which its operations begin with. */
export type GraphqlConnectorOptions = GraphqlOptions & { readonly name: string };

/** As the GraphQL over HTTP specification asks; older servers know only the second. */
const accept = 'application/graphql-response+json, application/json;q=0.9';

interface Query {
  /** `catalog.read` */
  readonly operation: string;
  readonly document: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly writes: boolean;
}

/** Talks to any GraphQL API as mappings need it, by the documents that the specification names. */
export function connect(options: GraphqlConnectorOptions): Connect {
  return (services) => {
    const client = createPlainClient(options, services);

    /** Posts a document, and answers the value of its root field. */
    function unguarded({ operation, document, variables, writes }: Query, context: CallContext) {
      // Synth refuses a flow whose document is missing.
      if (document === undefined)
        return Promise.resolve<Failure>({ kind: 'permanent', code: 'no-document', operation });
      const body = { query: document, variables: declared(document, variables ?? {}) };
      const call = { operation, method: 'POST', path: '', headers: { accept }, body, writes } as const;
      return client(call, context, (response) => rootOf(response, operation, services.now()));
    }

    const call = (query: Query, context: CallContext) =>
      services.guard(query.operation, context.key, () => unguarded(query, context));

    async function read(
      object: ObjectType,
      id: string,
      context: CallContext,
    ): Promise<Outcome<RemoteRecord | undefined>> {
      const [operation, document] = [`${options.name}.read`, options.operations[object.object]?.read];
      const found = await call({ operation, document, variables: { id }, writes: false }, context);
      if (found.kind !== 'success') return found;
      if (found.value === null) return success(undefined);
      const fields = Object.keys(object.fields).map((name) => [name, fieldOf(found.value, name)]);
      return success({ id, fields: Object.fromEntries(fields) });
    }

    async function write(write: RecordWrite, context: CallContext): Promise<Outcome<Written>> {
      const document = options.operations[write.object.object]?.write;
      const appends = document !== undefined && /\$key\b/.test(document);
      const operation = `${options.name}.${appends ? 'append' : 'put'}`;
      const id = write.id ?? write.link.value;
      const { field, value } = write.link;
      const input = jsonOf({ ...write.fields, ...(field !== undefined && { [field]: value }) });
      const variables = { id, input, key: idempotencyKey(write.eventKey) };
      const written = await call({ operation, document, variables, writes: true }, context);
      return written.kind === 'success' ? resultOf(written.value, id, appends, operation) : written;
    }

    async function link(object: ObjectType, id: string, field: string, otherId: string, context: CallContext) {
      const [operation, document] = [`${options.name}.link`, options.operations[object.object]?.write];
      const variables = { id, input: jsonOf({ [field]: otherId }) };
      const linked = await call({ operation, document, variables, writes: true }, context);
      if (linked.kind !== 'success') return linked;
      const result = resultOf(linked.value, id, false, operation);
      return result.kind === 'success' ? success(undefined) : result;
    }

    function probe(context: CallContext) {
      const document = options.probe ?? 'query { __typename }';
      return unguarded({ operation: `${options.name}.probe`, document, writes: false }, context);
    }

    return { read, write, link, probe };
  };
}

/** Those of the variables that the document names: some servers refuse any other. */
function declared(document: string, variables: Readonly<Record<string, unknown>>) {
  const names = new Set(Array.from(document.matchAll(/\$(\w+)/g), ([, name]) => name));
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name)));
}

/** The root field's value, or what went wrong: a 200 says nothing until its `errors` are looked at. */
function rootOf(response: HttpResponse, operation: string, nowMs: number): Outcome<unknown> {
  const parsed = parseResponse(response);
  if (parsed?.errors?.length) return graphqlFailure(response, parsed, operation, nowMs);
  if (response.status < 200 || response.status > 299) return statusFailure(response, operation, nowMs);
  const [root] = isObject(parsed?.data) ? Object.values(parsed.data) : [];
  return root === undefined
    ? { kind: 'transient', code: 'unexpected-response', operation, status: response.status }
    : success(root);
}

/**
 * A mutation's result. Nothing, or a list of the errors that the schema itself has for what the caller did wrong, means that
 * nothing was written.
 */
function resultOf(value: unknown, id: string, created: boolean, operation: string): Outcome<Written> {
  if (value === null || value === false) return refused('null-result', operation);
  const own = isObject(value) ? [value.userErrors, value.errors] : [];
  const [error] = own.flatMap((list) => (Array.isArray(list) ? list : []));
  if (error !== undefined) return refused(safeCode(fieldOf(error, 'code'), 'user-error'), operation);
  return success({ id: idIn(value, id), created });
}

function refused(code: string, operation: string): Failure {
  return { kind: 'permanent', code, operation, status: 200 };
}

import { isObject } from '../../contract/json-bytes.ts';
import type { ObjectType } from '../../contract/object-type.ts';
import type { RestOptions, RestRoute } from '../../contract/plain-http.ts';
import { type Failure, type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, Connect, HttpRequest, HttpResponse, RecordWrite, Written } from '../connector.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { fieldOf, idIn, jsonOf } from '../http/json-fields.ts';
import { createPlainClient } from '../http/plain-client.ts';
import { statusFailure } from '../http/status-failure.ts';
import { parseRoute, pathFor } from './routes.ts';

/** With the system's name, which its operations begin with. */
export type RestConnectorOptions = RestOptions & { readonly name: string };

/** Talks to any JSON API as mappings need it, by the routes that the specification names. */
export function connect(options: RestConnectorOptions): Connect {
  return (services) => {
    const client = createPlainClient(options, services);
    const routeOf = (object: ObjectType): RestRoute => options.routes[object.object] ?? {};

    /** Calls behind the system's guard. */
    function call<Value>(
      request: Request,
      context: CallContext,
      read: (response: HttpResponse) => Outcome<Value>,
    ): Promise<Outcome<Value>> {
      const operation = `${options.name}.${request.what}`;
      const path = request.route && pathFor(request.route, request.id);
      // Synth refuses a flow whose route is missing; what is left is an id that no path can carry.
      if (!path) return Promise.resolve({ kind: 'permanent', code: 'no-path', operation });
      const { method, path: url } = path;
      const { headers, body } = request;
      const plain = { operation, method, path: url, headers, body, writes: method !== 'GET' };
      return services.guard(operation, context.key, () =>
        client(plain, context, (response) =>
          isSuccess(response) ? read(response) : statusFailure(response, operation, services.now()),
        ),
      );
    }

    async function read(object: ObjectType, id: string, context: CallContext) {
      const found = await call({ what: 'read', route: routeOf(object).read, id }, context, (response) => {
        const record = parseJson(response.body);
        return isObject(record) ? success(record) : unexpected(response, `${options.name}.read`);
      });
      // What is gone was there. 404 may as well be a wrong route, which must be seen.
      if (found.kind === 'permanent' && found.status === 410) return success(undefined);
      if (found.kind !== 'success') return found;
      const fields = Object.keys(object.fields).map((name) => [name, fieldOf(found.value, name)]);
      return success({ id, fields: Object.fromEntries(fields) });
    }

    async function write(write: RecordWrite, context: CallContext): Promise<Outcome<Written>> {
      const route = routeOf(write.object).write;
      const appends = route !== undefined && parseRoute(route).method === 'POST';
      const id = write.id ?? write.link.value;
      const { field, value } = write.link;
      const body = jsonOf({ ...write.fields, ...(field !== undefined && { [field]: value }) });
      const written = await call<Written>(
        appends ? { what: 'append', route, id, body, headers: keyHeader(write) } : { what: 'put', route, id, body },
        context,
        ({ status, body: answer }) => success({ id: idIn(parseJson(answer), id), created: appends || status === 201 }),
      );
      const gone = !appends && written.kind === 'permanent' && written.status === 410;
      return gone ? success({ gone: true }) : written;
    }

    function link(object: ObjectType, id: string, field: string, otherId: string, context: CallContext) {
      const body = jsonOf({ [field]: otherId });
      return call({ what: 'link', route: routeOf(object).write, id, body }, context, () => success(undefined));
    }

    function probe(context: CallContext): Promise<Outcome<unknown>> {
      const operation = `${options.name}.probe`;
      const plain = { operation, ...parseRoute(options.probe), writes: false };
      return client(plain, context, (response) =>
        isSuccess(response) ? success(undefined) : statusFailure(response, operation, services.now()),
      );
    }

    return { read, write, link, probe };
  };
}

interface Request {
  readonly what: 'read' | 'put' | 'append' | 'link';
  readonly route: string | undefined;
  readonly id: string;
  readonly headers?: HttpRequest['headers'];
  readonly body?: unknown;
}

/** A string of Structured Fields, as draft-ietf-httpapi-idempotency-key-header asks. */
function keyHeader({ eventKey }: RecordWrite): Record<string, string> {
  return { 'idempotency-key': `"${idempotencyKey(eventKey)}"` };
}

/** 207 tells of several things, and ours may be the one that failed. */
function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300 && status !== 207;
}

function unexpected({ status }: HttpResponse, operation: string): Failure {
  return { kind: 'transient', code: 'unexpected-response', operation, status };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

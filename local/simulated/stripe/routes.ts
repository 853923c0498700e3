import type { CallSubject } from '../faults.ts';
import type { SimulatedRequest } from '../http-server.ts';
import { pathSegments } from '../path-segments.ts';
import type { CustomerStore } from './customer-store.ts';
import { StripeApiError, unknownUrl } from './errors.ts';
import type { EventCause, EventLog } from './event-log.ts';
import { decodeForm, type FormHash } from './form.ts';
import type { JsonObject } from './json.ts';

/** What the endpoints work on. */
export interface Account {
  customers: CustomerStore;
  events: EventLog;
}

interface Call {
  id: string;
  form: FormHash;
  cause: EventCause;
}

interface Route {
  operation: (typeof STRIPE_OPERATIONS)[number];
  run: (account: Account, call: Call) => JsonObject;
}

/** By which a fault can hit one kind of call; `events` covers their list and a single one. */
export const STRIPE_OPERATIONS = ['create', 'read', 'update', 'list', 'events', 'delete', 'balance'] as const;

const ROUTES = new Map<string, Route>([
  ['POST customers', { operation: 'create', run: ({ customers }, { form, cause }) => customers.create(form, cause) }],
  ['GET customers', { operation: 'list', run: ({ customers }, { form }) => customers.list(form) }],
  ['GET customers/id', { operation: 'read', run: ({ customers }, { id }) => customers.retrieve(id) }],
  [
    'POST customers/id',
    { operation: 'update', run: ({ customers }, { id, form, cause }) => customers.update(id, form, cause) },
  ],
  ['DELETE customers/id', { operation: 'delete', run: ({ customers }, { id, cause }) => customers.delete(id, cause) }],
  ['GET events', { operation: 'events', run: ({ events }, { form }) => events.list(form) }],
  ['GET events/id', { operation: 'events', run: ({ events }, { id }) => events.retrieve(id) }],
  ['GET balance', { operation: 'balance', run: balance }],
]);

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The parameters of a call: the body's of a POST, else the query's. */
export function parametersOf(request: SimulatedRequest): FormHash {
  if (request.method !== 'POST') return decodeForm(request.query);
  const type = request.headers['content-type'] ?? FORM_TYPE;
  if (!type.startsWith(FORM_TYPE)) {
    throw new StripeApiError(400, `Invalid request (check that your POST content type is ${FORM_TYPE}).`);
  }
  return decodeForm(new URLSearchParams(request.body));
}

/** What a call is about: the id in its path, and the metadata values that it writes. */
export function subjectOf(call: Pick<SimulatedRequest, 'method' | 'path' | 'body'>): CallSubject {
  const { id, route } = find(call);
  const metadata = call.method === 'POST' && decodeForm(new URLSearchParams(call.body)).get('metadata');
  const values = metadata instanceof Map ? [...metadata.values()] : [];
  const records = [id, ...values].filter((record) => typeof record === 'string');
  return { operation: route?.operation, records };
}

/** Which of the operations a call is; undefined for one that is not served. */
export function operationOf(call: { method: string; path: string }): Route['operation'] | undefined {
  return find(call).route?.operation;
}

/** Finds the endpoint and does what it is for. */
export function operate(account: Account, request: SimulatedRequest, form: FormHash, cause: EventCause): JsonObject {
  const { id = '', route } = find(request);
  if (!route) throw unknownUrl(request.method, request.path);
  return route.run(account, { id, form, cause });
}

function find({ method, path }: { method: string; path: string }): {
  id: string | undefined;
  route: Route | undefined;
} {
  const [version, resource, id, ...rest] = pathSegments(path);
  const isServed = version === 'v1' && rest.length === 0;
  return { id, route: isServed ? ROUTES.get(`${method} ${resource}${id === undefined ? '' : '/id'}`) : undefined };
}

/** Nothing is ever paid here. The circuit breaker's probe reads it. */
function balance(): JsonObject {
  const nothing = [{ amount: 0, currency: 'usd', source_types: { card: 0 } }];
  return { object: 'balance', available: nothing, livemode: false, pending: nothing };
}

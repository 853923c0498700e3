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

/** Finds the endpoint and does what it is for. */
export function operate(
  { customers, events }: Account,
  { method, path }: SimulatedRequest,
  form: FormHash,
  cause: EventCause,
): JsonObject {
  const [version, resource, id, ...rest] = pathSegments(path);
  const route = `${method} ${resource}${id === undefined ? '' : '/id'}`;
  if (version !== 'v1' || rest.length > 0) throw unknownUrl(method, path);
  if (route === 'POST customers') return customers.create(form, cause);
  if (route === 'GET customers') return customers.list(form);
  if (route === 'GET customers/id') return customers.retrieve(id ?? '');
  if (route === 'POST customers/id') return customers.update(id ?? '', form, cause);
  if (route === 'DELETE customers/id') return customers.delete(id ?? '', cause);
  if (route === 'GET events') return events.list(form);
  if (route === 'GET events/id') return events.retrieve(id ?? '');
  if (route === 'GET balance') return balance();
  throw unknownUrl(method, path);
}

/** Nothing is ever paid here. The circuit breaker's probe reads it. */
function balance(): JsonObject {
  const nothing = [{ amount: 0, currency: 'usd', source_types: { card: 0 } }];
  return { object: 'balance', available: nothing, livemode: false, pending: nothing };
}

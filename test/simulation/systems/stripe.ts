import type { HttpRequest, HttpResponse } from '../../../functions/connectors/connector.ts';
import { answer, type Observer, type Refusal, type SystemModel, unacceptable, versionIn } from './system.ts';

const dayMs = 24 * 60 * 60_000;

interface Customer {
  readonly id: string;
  readonly created: number;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Customers in Stripe: lists newest first, events for thirty days, and answers kept a day under their idempotency key. */
export class StripeModel implements SystemModel {
  readonly name = 'stripe';
  readonly host = 'stripe.test';
  readonly records = new Map<string, Record<string, string>>();
  readonly #created = new Map<string, number>();
  readonly #deleted = new Set<string>();
  readonly #events: Customer[] = [];
  readonly #kept = new Map<string, { asked: string; response: HttpResponse; atMs: number }>();
  readonly #observer: Observer;
  readonly #now: () => number;
  #made = 0;

  constructor(observer: Observer, now: () => number) {
    this.#observer = observer;
    this.#now = now;
  }

  operationOf({ method, url, body }: HttpRequest): string {
    const { pathname } = new URL(url);
    if (pathname === '/v1/balance') return 'probe';
    if (method === 'GET') return pathname === '/v1/customers' || pathname === '/v1/events' ? 'find' : 'read';
    if (pathname === '/v1/customers') return 'create';
    return new URLSearchParams(body).size === 1 ? 'link' : 'update';
  }

  serve(request: HttpRequest): HttpResponse {
    if (request.method === 'GET') return this.#get(new URL(request.url));
    const kept = this.#keptAnswer(request);
    if (kept !== undefined) return kept;
    const response = this.#write(request);
    // What was refused as malformed is not kept: it was never begun.
    if (response.status !== 400) this.#keep(request, response);
    return response;
  }

  refuse(refusal: Refusal, request: HttpRequest, done: boolean): HttpResponse {
    if (refusal === 'not-authenticated') return error(401, 'authentication_required');
    if (refusal === 'too-many' || refusal === 'quota') return error(429, 'rate_limit');
    if (refusal === 'locked') return error(429, 'lock_timeout');
    if (refusal === 'unavailable' && !done) return error(503, 'api_error');
    const kept = request.method === 'POST' ? this.#keptAnswer(request) : undefined;
    if (kept !== undefined) return kept;
    if (refusal === 'no-such-field') return error(400, 'parameter_unknown');
    if (done && request.method === 'POST') this.#write(request);
    const response = error(500, 'api_error');
    if (request.method === 'POST') this.#keep(request, response);
    return response;
  }

  put(id: string, fields: Readonly<Record<string, string>>): void {
    if (!this.#created.has(id)) this.#created.set(id, Math.floor(this.#now() / 1000));
    this.records.set(id, { ...this.records.get(id), ...fields });
  }

  remove(id: string): void {
    this.records.delete(id);
    this.#deleted.add(id);
  }

  #get({ pathname, searchParams }: URL): HttpResponse {
    if (pathname === '/v1/balance') return answer(200, { object: 'balance' });
    if (pathname === '/v1/customers')
      return page(
        [...this.records.keys()].map((id) => this.#customer(id)),
        searchParams,
      );
    if (pathname === '/v1/events') {
      const since = this.#now() / 1000 - 30 * 86_400;
      const told = this.#events.filter(({ created }) => created >= since);
      return page(
        told.map((object) => ({ id: `evt_${object.id}`, created: object.created, data: { object } })),
        searchParams,
      );
    }
    const id = decodeURIComponent(pathname.slice('/v1/customers/'.length));
    if (this.#deleted.has(id)) return answer(200, { id, object: 'customer', deleted: true });
    return this.records.has(id) ? answer(200, this.#customer(id)) : missing;
  }

  #write({ url, body }: HttpRequest): HttpResponse {
    const fields = Object.fromEntries(new URLSearchParams(body));
    if (fields.name?.endsWith(unacceptable)) return error(400, 'parameter_invalid_string');
    const { pathname } = new URL(url);
    const told = versionIn(fields.name);
    if (pathname === '/v1/customers') {
      this.#made += 1;
      const id = `cus_made${this.#made}`;
      this.put(id, fields);
      this.#events.push(this.#customer(id));
      if (told !== undefined) this.#observer.created(told.record, id);
      if (told !== undefined) this.#observer.applied({ ...told, id });
      return answer(200, this.#customer(id));
    }
    const id = decodeURIComponent(pathname.slice('/v1/customers/'.length));
    if (!this.records.has(id)) return missing;
    this.put(id, fields);
    if (told !== undefined) this.#observer.applied({ ...told, id });
    return answer(200, this.#customer(id));
  }

  #customer(id: string): Customer {
    const fields = this.records.get(id) ?? {};
    const metadata = Object.entries(fields).flatMap(([path, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(path)?.[1];
      return key === undefined || value === '' ? [] : [[key, value]];
    });
    return {
      id,
      created: this.#created.get(id) ?? 0,
      name: fields.name || null,
      metadata: Object.fromEntries(metadata),
    };
  }

  #keptAnswer(request: HttpRequest): HttpResponse | undefined {
    const kept = this.#kept.get(request.headers['idempotency-key'] ?? '');
    if (kept === undefined || this.#now() - kept.atMs > dayMs) return undefined;
    return kept.asked === asked(request) ? kept.response : error(400, 'idempotency_error');
  }

  #keep(request: HttpRequest, response: HttpResponse): void {
    this.#kept.set(request.headers['idempotency-key'] ?? '', { asked: asked(request), response, atMs: this.#now() });
  }
}

function asked({ url, body }: HttpRequest): string {
  return `${url} ${body}`;
}

/** One page of a list: newest first. */
function page(items: readonly { id: string; created: number }[], parameters: URLSearchParams): HttpResponse {
  const since = Number(parameters.get('created[gte]') ?? 0);
  const newest = items
    .filter(({ created }) => created >= since)
    .reverse()
    .toSorted((one, other) => other.created - one.created);
  const after = newest.findIndex(({ id }) => id === parameters.get('starting_after')) + 1;
  const limit = Number(parameters.get('limit') ?? 10);
  return answer(200, {
    object: 'list',
    data: newest.slice(after, after + limit),
    has_more: newest.length > after + limit,
  });
}

function error(status: number, code: string): HttpResponse {
  return answer(status, { error: { type: 'api_error', code, message: 'no' } });
}

const missing = error(404, 'resource_missing');

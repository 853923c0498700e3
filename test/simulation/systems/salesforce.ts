import type { HttpRequest, HttpResponse } from '../../../functions/connectors/connector.ts';
import { answer, type Observer, type Refusal, type SystemModel, unacceptable, versionIn } from './system.ts';

const externalId = 'Stripe_Customer_Id__c';
const accountPath = /^\/services\/data\/v[\d.]+\/sobjects\/Account\/([^/?]+)(?:\/([^/?]+))?/;
const collectionPath = /^\/services\/data\/v[\d.]+\/composite\/sobjects(\/Account)?(\/[^/?]+)?$/;

type Fields = Record<string, string>;

/** Accounts in Salesforce, as its REST API keeps them: by id, and by one unique external id. */
export class SalesforceModel implements SystemModel {
  readonly name = 'salesforce';
  readonly host = 'salesforce.test';
  readonly records = new Map<string, Record<string, string>>();
  readonly #deleted = new Set<string>();
  readonly #observer: Observer;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  operationOf({ method, url, body }: HttpRequest): string {
    if (url.includes('/limits')) return 'probe';
    if (url.endsWith('/services/oauth2/token')) return 'token';
    if (method === 'GET') return 'read';
    const { pathname } = new URL(url);
    if (collectionPath.test(pathname)) {
      // Of linked records, by their ids: alone they are upserted.
      return recordsOf(body).every(({ id, [externalId]: link }) => id && link) ? 'link' : 'upsert';
    }
    if (accountPath.exec(pathname)?.[2] !== undefined) return 'upsert';
    return Object.keys(JSON.parse(body ?? '{}')).length === 1 ? 'link' : 'update';
  }

  serve(request: HttpRequest, refusals: readonly (Refusal | undefined)[] = []): HttpResponse {
    if (request.url.includes('/limits')) return answer(200, { DailyApiRequests: { Max: 100_000, Remaining: 90_000 } });
    const url = new URL(request.url);
    if (collectionPath.test(url.pathname)) return this.#collection(url, request, refusals);
    const [, first = '', second] = accountPath.exec(url.pathname) ?? [];
    if (second !== undefined) return this.#upsert(decodeURIComponent(second), request);
    const id = decodeURIComponent(first);
    const record = this.records.get(id);
    if (record === undefined) return this.#missing(id);
    if (request.method === 'GET') return answer(200, this.#shown(id));
    const fields = fieldsOf(request);
    if (isUnacceptable(fields)) return tooLong;
    this.put(id, fields);
    this.#tell(id, fields);
    return answer(204, undefined);
  }

  /** Several records: each is settled alone, but a trigger that throws for one fails them all. */
  #collection(url: URL, request: HttpRequest, refusals: readonly (Refusal | undefined)[]): HttpResponse {
    if (request.method === 'GET') {
      const refusal = refusals.find((one) => one !== undefined);
      if (refusal !== undefined) return this.refuse(refusal);
      const ids = url.searchParams.get('ids')?.split(',') ?? [];
      return answer(
        200,
        ids.map((id) => (this.records.has(id) ? this.#shown(id) : null)),
      );
    }
    const records = recordsOf(request.body);
    const threw = records.some(isUnacceptable) ? 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY' : undefined;
    const results = records.map(({ attributes: _type, id, ...fields }, index) => {
      const refusal = refusals[index];
      const code = threw ?? (refusal && codes[refusal][1]);
      if (code !== undefined) return refused(code);
      return id === undefined ? this.#upsertOne(fields) : this.#updateOne(id, fields);
    });
    return answer(200, results);
  }

  #updateOne(id: string, fields: Fields) {
    if (!this.records.has(id)) return refused(this.#deleted.has(id) ? 'ENTITY_IS_DELETED' : 'NOT_FOUND');
    this.put(id, fields);
    this.#tell(id, fields);
    return { id, success: true, errors: [] };
  }

  #shown(id: string): object {
    return { attributes: { type: 'Account' }, Id: id, ...this.records.get(id) };
  }

  refuse(refusal: Refusal): HttpResponse {
    return error(...codes[refusal]);
  }

  put(id: string, fields: Readonly<Record<string, string>>): void {
    this.records.set(id, { ...this.records.get(id), ...fields });
  }

  remove(id: string): void {
    this.records.delete(id);
    this.#deleted.add(id);
  }

  #upsert(value: string, request: HttpRequest): HttpResponse {
    const fields = fieldsOf(request);
    if (isUnacceptable(fields)) return tooLong;
    if (this.#holderOf(value) === undefined && request.url.endsWith('updateOnly=true')) return error(404, 'NOT_FOUND');
    const upserted = this.#upsertOne({ ...fields, [externalId]: value });
    return answer(upserted.created ? 201 : 200, upserted);
  }

  #holderOf(value: string | undefined): string | undefined {
    return [...this.records].find(([, record]) => record[externalId] === value)?.[0];
  }

  #upsertOne(fields: Fields) {
    const existing = this.#holderOf(fields[externalId]);
    const id = existing ?? `001MADE${String(this.records.size + this.#deleted.size).padStart(8, '0')}AAA`;
    this.put(id, fields);
    const told = versionIn(fields.Name);
    if (existing === undefined && told !== undefined) this.#observer.created(told.record, id);
    this.#tell(id, fields);
    return { id, success: true, errors: [], created: existing === undefined };
  }

  #missing(id: string): HttpResponse {
    return this.#deleted.has(id) ? error(404, 'ENTITY_IS_DELETED') : error(404, 'NOT_FOUND');
  }

  #tell(id: string, fields: Readonly<Record<string, string>>): void {
    const told = versionIn(fields.Name);
    if (told !== undefined) this.#observer.applied({ ...told, id });
  }
}

/** Salesforce has no empty text: what is null is not there. */
function fieldsOf({ body }: HttpRequest): Fields {
  return filled(JSON.parse(body ?? '{}'));
}

function recordsOf(body = '{}'): Fields[] {
  const { records = [] }: { records?: object[] } = JSON.parse(body);
  return records.map(filled);
}

function filled(fields: object): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

const codes: Readonly<Record<Refusal, [status: number, code: string]>> = {
  unavailable: [503, 'SERVER_UNAVAILABLE'],
  'internal-error': [500, 'UNKNOWN_EXCEPTION'],
  'too-many': [429, 'TOO_MANY_REQUESTS'],
  locked: [400, 'UNABLE_TO_LOCK_ROW'],
  quota: [403, 'REQUEST_LIMIT_EXCEEDED'],
  'not-authenticated': [401, 'INVALID_SESSION_ID'],
  'no-such-field': [400, 'INVALID_FIELD'],
};

/** Of one record in a call for several. */
function refused(statusCode: string) {
  return { success: false, errors: [{ statusCode, message: 'no', fields: [] }] };
}

function isUnacceptable(fields: Readonly<Record<string, string>>): boolean {
  return fields.Name?.endsWith(unacceptable) ?? false;
}

function error(status: number, errorCode: string): HttpResponse {
  return answer(status, [{ message: 'no', errorCode }]);
}

const tooLong = error(400, 'STRING_TOO_LONG');

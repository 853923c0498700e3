import type { HttpRequest, HttpResponse } from '../../../functions/connectors/connector.ts';
import { answer, type Observer, type Refusal, type SystemModel, unacceptable, versionIn } from './system.ts';

const externalId = 'Stripe_Customer_Id__c';
const accountPath = /^\/services\/data\/v[\d.]+\/sobjects\/Account\/([^/?]+)(?:\/([^/?]+))?/;

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
    if (method === 'GET') return 'read';
    if (accountPath.exec(new URL(url).pathname)?.[2] !== undefined) return 'upsert';
    return Object.keys(JSON.parse(body ?? '{}')).length === 1 ? 'link' : 'update';
  }

  serve(request: HttpRequest): HttpResponse {
    if (request.url.includes('/limits')) return answer(200, { DailyApiRequests: { Max: 100_000, Remaining: 90_000 } });
    const [, first = '', second] = accountPath.exec(new URL(request.url).pathname) ?? [];
    if (second !== undefined) return this.#upsert(decodeURIComponent(second), request);
    const id = decodeURIComponent(first);
    const record = this.records.get(id);
    if (record === undefined) return this.#missing(id);
    if (request.method === 'GET') return answer(200, { attributes: { type: 'Account' }, Id: id, ...record });
    const fields = fieldsOf(request);
    if (isUnacceptable(fields)) return tooLong;
    this.put(id, fields);
    this.#tell(id, fields);
    return answer(204, undefined);
  }

  refuse(refusal: Refusal): HttpResponse {
    switch (refusal) {
      case 'unavailable':
        return error(503, 'SERVER_UNAVAILABLE');
      case 'internal-error':
        return error(500, 'UNKNOWN_EXCEPTION');
      case 'too-many':
        return error(429, 'TOO_MANY_REQUESTS');
      case 'locked':
        return error(400, 'UNABLE_TO_LOCK_ROW');
      case 'quota':
        return error(403, 'REQUEST_LIMIT_EXCEEDED');
      case 'not-authenticated':
        return error(401, 'INVALID_SESSION_ID');
      case 'no-such-field':
        return error(400, 'INVALID_FIELD');
    }
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
    const existing = [...this.records].find(([, record]) => record[externalId] === value)?.[0];
    if (existing === undefined && request.url.endsWith('updateOnly=true')) return error(404, 'NOT_FOUND');
    const id = existing ?? `001MADE${String(this.records.size + this.#deleted.size).padStart(8, '0')}AAA`;
    this.put(id, { ...fields, [externalId]: value });
    const told = versionIn(fields.Name);
    if (existing === undefined && told !== undefined) this.#observer.created(told.record, id);
    this.#tell(id, fields);
    return answer(existing === undefined ? 201 : 200, { id, success: true, errors: [], created: !existing });
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
function fieldsOf({ body }: HttpRequest): Record<string, string> {
  const fields: Record<string, unknown> = JSON.parse(body ?? '{}');
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Record<string, string>;
}

function isUnacceptable(fields: Readonly<Record<string, string>>): boolean {
  return fields.Name?.endsWith(unacceptable) ?? false;
}

function error(status: number, errorCode: string): HttpResponse {
  return answer(status, [{ message: 'no', errorCode }]);
}

const tooLong = error(400, 'STRING_TOO_LONG');

import type { HttpRequest, HttpResponse } from '../../../functions/connectors/connector.ts';

export type SystemName = 'stripe' | 'salesforce';

/** Answers that a system gives instead of doing what it was asked. */
export type Refusal =
  | 'unavailable'
  | 'internal-error'
  | 'too-many'
  | 'locked'
  | 'quota'
  | 'not-authenticated'
  | 'no-such-field';

/** A model of one system, exact at the level of HTTP for the calls that our connectors make. Serves at one instant. */
export interface SystemModel {
  readonly name: SystemName;
  readonly host: string;
  /** What a call does, in one word; `probe` for the harmless read. */
  operationOf(request: HttpRequest): string;
  /** Does what it is asked; `refusals`: what each record of a call for several is refused with alone. */
  serve(request: HttpRequest, refusals?: readonly (Refusal | undefined)[]): HttpResponse;
  /** A refusal; `done`: the write was carried out all the same. */
  refuse(refusal: Refusal, request: HttpRequest, done: boolean): HttpResponse;
  /** Every record that people may read, by id. */
  readonly records: Map<string, Record<string, string>>;
  /** People write a record; what is absent stays. */
  put(id: string, fields: Readonly<Record<string, string>>): void;
  /** People delete a record. */
  remove(id: string): void;
}

/** Told by a system of each write to a record that carries a version of its source record. */
export interface Observer {
  applied(change: { readonly record: number; readonly version: number; readonly id: string }): void;
  created(record: number, id: string): void;
}

/** What people write into the name: which record this is, and the how-manieth state of it. */
export function nameOf(record: number, version: number, remark = ''): string {
  return `Company ${record} v${version}${remark}`;
}

/** Reads such a name back. */
export function versionIn(name: string | undefined): { record: number; version: number } | undefined {
  const found = /^Company (\d+) v(\d+)/.exec(name ?? '');
  return found === null ? undefined : { record: Number(found[1]), version: Number(found[2]) };
}

/** A name that the other side refuses. */
export const unacceptable = ' (unacceptable)';

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { kind: 'response', status, headers, body: body === undefined ? '' : JSON.stringify(body) };
}

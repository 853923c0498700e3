import type { FieldValue, ObjectType } from '../contract/object-type.ts';
import type { Outcome } from '../engine/outcome.ts';

/** What goes with every call. */
export interface CallContext {
  /** Sent as `x-correlation-id`, so that the other side's logs can be joined with ours. */
  readonly correlationId: string;
  /** How long the next call may take, in milliseconds; 0 or less: there is no time left to start one. */
  timeoutMs(): number;
}

/** A record as it is now. */
export interface RemoteRecord {
  readonly id: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** One write of mapped fields: absolute values, so that doing it twice is doing it once. */
export interface Write {
  readonly object: ObjectType;
  /** The destination record, where the source record knows it. */
  readonly id: string | undefined;
  /** The destination's link field, and the source record's id that belongs in it. */
  readonly link: { readonly field: string; readonly value: string };
  /** Fields that are absent stay as they are; null empties. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** The event came before, so an earlier run may have created the record: look for it first. */
  readonly repeated: boolean;
  /** No earlier run can have created it before this time; Unix milliseconds. */
  readonly notBeforeMs: number;
}

/** How to talk to one system. Methods answer outcomes; they don't throw for what the system said. */
export interface Connector {
  /** The record as it is now; undefined where it was deleted. */
  read(object: ObjectType, id: string, call: CallContext): Promise<Outcome<RemoteRecord | undefined>>;
  write(write: Write, call: CallContext): Promise<Outcome<{ id: string; created: boolean }>>;
  /** Stores the other system's id in a record's link field. */
  link(object: ObjectType, id: string, field: string, otherId: string, call: CallContext): Promise<Outcome<void>>;
}

/** What a connector signs in with, as the text of its secret. Both answer `auth` where there is none. */
export interface CredentialSource {
  get(): Promise<Outcome<string>>;
  /** Gets a newer one than `refused`; calls at the same time share one refresh. */
  renew(refused: string | undefined): Promise<Outcome<string>>;
}

/** What a connector is built from. */
export interface ConnectorServices {
  readonly apiVersion: string;
  readonly credentials: CredentialSource;
  readonly http: Http;
  now(): number;
  /** A new unique text: part of a key that labels a write as ours. */
  newId(): string;
}

export type Connect = (services: ConnectorServices) => Connector;

/**
 * Makes an access token of the operator's credentials; both are the texts of their secrets. A connector of a system
 * with `auth: 'client-credentials'` has one.
 */
export type FetchToken = (
  credentials: string,
  services: { readonly http: Http; now(): number; readonly timeoutMs: number },
) => Promise<Outcome<string>>;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bounds the whole call, connection and body included. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** No answer was had. After `timeout` and `connection` it is unknown whether the request was carried out. */
export interface NoResponse {
  readonly kind: 'no-response';
  readonly code: 'timeout' | 'connection' | 'response-too-large' | 'out-of-time';
}

export type Http = (request: HttpRequest) => Promise<HttpResponse | NoResponse>;

import type { FieldValue, ObjectType } from '../contract/object-type.ts';
import type { Outcome } from '../engine/outcome.ts';

/** What goes with every call. */
export interface CallContext {
  /** Sent as `x-correlation-id`, so that the other side's logs can be joined with ours. */
  readonly correlationId: string;
  /** W3C trace context of the webhook, passed on; undefined where it had none. */
  readonly traceparent: string | undefined;
  /** The record that the event is about: what happens to one record's calls says little about others'. */
  readonly key: string;
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
}

/** What a write came to; `gone`: the record was deleted meanwhile, and is not made again. */
export type Written = { readonly id: string; readonly created: boolean } | { readonly gone: true };

/** How to talk to one system. Methods answer outcomes; they don't throw for what the system said. */
export interface Connector {
  /** The record as it is now; undefined where it was deleted. */
  read(object: ObjectType, id: string, call: CallContext): Promise<Outcome<RemoteRecord | undefined>>;
  write(write: Write, call: CallContext): Promise<Outcome<Written>>;
  /** Stores the other system's id in a record's link field. */
  link(object: ObjectType, id: string, field: string, otherId: string, call: CallContext): Promise<Outcome<void>>;
  /** A harmless read that tells whether the system is there and takes our credentials; no breaker stands before it. */
  probe(call: CallContext): Promise<Outcome<unknown>>;
}

/** That a record is about to be, or was, created; kept for ever, by the source record's id. */
export interface Intent {
  /** When the last create was begun, Unix milliseconds. */
  readonly startedMs: number;
  /** The created record, once it is known. */
  readonly id: string | undefined;
  /** It was created, and deleted by somebody since. */
  readonly gone: boolean;
  readonly generation: number;
}

/** Keeps intents; a write succeeds only over what was seen, so that of two runs one creates. */
export interface IntentStore {
  read(key: string): Promise<Intent | undefined>;
  replace(key: string, seen: Intent | undefined, next: Omit<Intent, 'generation'>): Promise<Intent | undefined>;
  /** Takes an intent back: nothing was created. */
  remove(key: string, seen: Intent): Promise<void>;
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
  readonly intents: IntentStore;
  /** How long after its start a call without an answer may still be carried out, in milliseconds. */
  readonly landsWithinMs: number;
  /** Stands before every call: refuses it while the system's breaker is open, and learns from its outcome. */
  guard<Value>(operation: string, key: string, make: () => Promise<Outcome<Value>>): Promise<Outcome<Value>>;
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

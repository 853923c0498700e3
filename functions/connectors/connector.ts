import type { TrafficClass } from '../contract/limits.ts';
import type { FieldValue, ObjectType } from '../contract/object-type.ts';
import type { Failure, Outcome } from '../engine/outcome.ts';

/** What goes with every call. */
export interface CallContext {
  /** Sent as `x-correlation-id`, so that the other side's logs can be joined with ours. */
  readonly correlationId: string;
  /** W3C trace context of the webhook, passed on; undefined where it had none. */
  readonly traceparent: string | undefined;
  /** The record that the event is about: what happens to one record's calls says little about others'. */
  readonly key: string;
  /** The event failed before: its calls carry no other event's record, which what is wrong with it could harm. */
  readonly alone: boolean;
  /** `probe`: asked for the system's sake, even where the day's calls are spent. @default 'live' */
  readonly trafficClass?: TrafficClass | 'probe';
  /**
   * How long the next call may take, in milliseconds; 0 or less: there is no time left to start one. `mostMs`: what limits
   * it beside the end of the invocation. @default the stage's limit of one call
   */
  timeoutMs(mostMs?: number): number;
}

/** A record as it is now. */
export interface RemoteRecord {
  readonly id: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** One write of mapped fields: absolute values, so that doing it twice is doing it once. */
export interface RecordWrite {
  readonly object: ObjectType;
  /** The destination record, where the source record knows it. */
  readonly id: string | undefined;
  /** The source record's id, and the destination's link field that it belongs in; undefined where the mapping has none. */
  readonly link: { readonly field: string | undefined; readonly value: string };
  /** The same for each attempt at one event, and for no other: destinations that take events know a repeat by it. */
  readonly eventKey: string;
  /** Fields that are absent stay as they are; null empties. */
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** A write to a system that finds its records by the link field: synth refuses a mapping that has none for it. */
export interface Write extends RecordWrite {
  readonly link: { readonly field: string; readonly value: string };
}

/** What a write came to; `gone`: the record was deleted meanwhile, and is not made again. */
export type Written = { readonly id: string; readonly created: boolean } | { readonly gone: true };

/** How to talk to one system. Methods answer outcomes; they don't throw for what the system said. */
export interface Connector {
  /** The record as it is now; undefined where it was deleted. */
  read(object: ObjectType, id: string, call: CallContext): Promise<Outcome<RemoteRecord | undefined>>;
  write(write: RecordWrite, call: CallContext): Promise<Outcome<Written>>;
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
  /**
   * Gets a newer one than `refused`, which is undefined where there was none; calls at the same time share one refresh.
   * Where there is no newer one, and none would help, it answers the refusal itself.
   */
  renew(refused: string | undefined, refusal: Refusal): Promise<Outcome<string>>;
}

/** How credentials were refused. */
export interface Refusal {
  /** What the call came to. */
  readonly failure: Failure;
  /** How long getting newer ones may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a connector is built from. */
export interface ConnectorServices {
  /** As the specification pins it; empty where the system has none. */
  readonly apiVersion: string;
  /** Whether the stage lets systems be on a private network, whatever their specification says. @default false */
  readonly allowPrivateAddresses?: boolean;
  readonly credentials: CredentialSource;
  readonly http: Http;
  readonly intents: IntentStore;
  /** How long after its start a call without an answer may still be carried out, in milliseconds. */
  readonly landsWithinMs: number;
  /** Most records of different events that one call may read, or write, where the system takes several; 1: no sharing. */
  readonly sharing: { readonly reads: number; readonly writes: number };
  /** Stands before every call: refuses it while the system's breaker is open, and learns from its outcome. */
  guard<Value>(operation: string, key: string, make: () => Promise<Outcome<Value>>): Promise<Outcome<Value>>;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** A new unique text: part of a key that labels a write as ours. */
  newId(): string;
}

export type Connect = (services: ConnectorServices) => Connector;

/**
 * Makes an access token of the operator's credentials; both are the texts of their secrets. A connector has one for each way
 * to sign in that ends in a token, in a file of its name: `salesforce/jwt-bearer.ts`. The token's text tells its `issuedAt`.
 */
export type FetchToken = (
  credentials: string,
  services: { readonly http: Http; now(): number; readonly timeoutMs: number },
) => Promise<Outcome<string>>;

/** What flows do with the records of a system: its object types. */
export interface NeededRights {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * Tries credentials, the text of their secret, by calls that change nothing: whether the system takes them, and lets them do
 * what is needed, as far as that shows. The connector of a system that signs in by an API key has one.
 */
export type CheckCredentials = (
  credentials: string,
  needed: NeededRights,
  services: Pick<ConnectorServices, 'apiVersion' | 'http' | 'now' | 'newId'> & { readonly timeoutMs: number },
) => Promise<Outcome<unknown>>;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  /** Makes the call only if every address of the host is public. @default false */
  readonly publicOnly?: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bounds the whole call, connection and body included. */
  readonly timeoutMs: number;
  /** @default 'live' */
  readonly trafficClass?: CallContext['trafficClass'];
  /** What an answer tells of the system's limits. @default nothing */
  readonly readLimits?: (response: HttpResponse) => LimitSignals;
}

/** What an answer tells of the system's limits. */
export interface LimitSignals {
  /** How much of the day's quota is used, by everybody. */
  readonly usage?: { readonly used: number; readonly max: number } | undefined;
  /** The call was refused since there were too many: lately, or in the whole day. */
  readonly refused?: 'rate' | 'quota' | undefined;
}

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/**
 * No answer was had. After `timeout` and `connection` it is unknown whether the request was carried out; the others
 * but `response-too-large` say that it was not sent.
 */
export interface NoResponse {
  readonly kind: 'no-response';
  readonly code:
    | 'timeout'
    | 'connection'
    | 'response-too-large'
    | 'out-of-time'
    | 'private-address'
    | 'rate-limited'
    | 'budget-spent';
  /** For our own limits: when it is worth trying again, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

export type Http = (request: HttpRequest) => Promise<HttpResponse | NoResponse>;

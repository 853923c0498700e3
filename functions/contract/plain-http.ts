/**
 * How calls to a plain HTTP system sign in. What they send is in the system's credentials secret, next to where it is:
 * - `bearer`: `{ "url", "token" }`, sent as `Authorization: Bearer <token>`
 * - `basic`: `{ "url", "username", "password" }`, sent as `Authorization: Basic ...` (RFC 7617)
 * - `{ header: 'X-Api-Key' }`: `{ "url", "token" }`, the token alone in that header
 */
export type HttpAuth = 'bearer' | 'basic' | { readonly header: string };

/** What REST and GraphQL systems have in common. */
export interface PlainHttpOptions {
  readonly auth: HttpAuth;
  /** Sent with every call, over our own: `{ Accept: 'application/vnd.acme.v2+json' }`. Never a secret. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Lets it be on a private network, and be called by plain http there. Otherwise every address that its name resolves
   * to must be public, and https is asked for.
   * @default false
   */
  readonly allowPrivateAddresses?: boolean;
}

/** Where one kind of record is; `{id}` is its id, percent-encoded. Paths are below the `url` of the secret. */
export interface RestRoute {
  /** Answers the record as a JSON object: `GET /orders/{id}`. */
  readonly read?: `GET /${string}`;
  /**
   * `PUT /orders/{id}` makes or replaces the record, `PATCH /orders/{id}` changes the named fields only: both for
   * `operation: 'put'`. `POST /orders` takes an event: for `operation: 'append'`.
   */
  readonly write?: `${'PUT' | 'PATCH' | 'POST'} /${string}`;
}

/** A JSON API of any kind: fields of a body are the mapping's, `address.city` is a field of an object in it. */
export interface RestOptions extends PlainHttpOptions {
  /** By the object's name in the mapping. */
  readonly routes: Readonly<Record<string, RestRoute>>;
  /** A harmless read behind the same sign-in: tells whether the system is back while its breaker is open. */
  readonly probe: `GET /${string}`;
}

/**
 * The GraphQL documents for one kind of record, with one operation and one root field each. Of these variables, those
 * that a document declares are sent: `$id`, `$input` (the mapped fields), and `$key` (the same for each attempt at one event).
 */
export interface GraphqlOperation {
  /** `query ($id: ID!) { order(id: $id) { id total } }`; null where there is no such record. */
  readonly read?: string;
  /**
   * For `operation: 'put'`, by `$id`: `mutation ($id: ID!, $input: OrderInput!) { saveOrder(id: $id, input: $input) { id } }`.
   * For `operation: 'append'`, by `$key`: the API must know a repeat by it.
   */
  readonly write?: string;
}

/** A GraphQL API; the `url` of the secret is the endpoint itself. */
export interface GraphqlOptions extends PlainHttpOptions {
  /** By the object's name in the mapping. */
  readonly operations: Readonly<Record<string, GraphqlOperation>>;
  /** A harmless query behind the same sign-in. @default 'query { __typename }' */
  readonly probe?: string;
}

/** What a sender posted, as far as a signature covers it. */
export interface SignedRequest {
  /** Names are lower-case; doubled headers are joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The exact bytes that were received. */
  readonly body: Uint8Array;
  /** Upper-case. @default 'POST' */
  readonly method?: string;
  /** The whole URL as the sender called it: some schemes sign it. */
  readonly url?: string;
}

/** Why a request was refused: for the log and the metric only, never for the answer. */
export type Rejection =
  | 'header-missing'
  | 'header-malformed'
  | 'no-known-version'
  | 'timestamp-outside-window'
  | 'signature-mismatch'
  /** The scheme signs the URL, and nobody said which one was called. */
  | 'url-missing'
  /** The scheme has a token in the URL, and the URL has not got exactly one. */
  | 'token-missing'
  /** The scheme signs fields of the body, or looks for them, and the body has not got them. */
  | 'body-malformed'
  /** What proves the sender's key is not from where it must be, or not good. */
  | 'certificate-refused';

export type Verification = { readonly valid: true } | { readonly valid: false; readonly reason: Rejection };

/**
 * By what a sender's repeat of a webhook is known.
 * `body`: by an id in the signed body, which the source's reader tells.
 * `header`: by the first of these headers that is there; one that is not `signed` counts only with the same body.
 * `hash`: the sender tells no id. The same body is a repeat for five minutes only: A, B, A is legitimate.
 */
export type Repeats =
  | { readonly by: 'body' }
  | { readonly by: 'header'; readonly headers: readonly string[]; readonly signed: boolean }
  | { readonly by: 'hash' };

/** An answer in the sender's own form, where it does not take ours. */
export interface SenderAnswer {
  readonly statusCode: 200 | 204;
  /** Left out where there is no body. */
  readonly contentType?: string;
  readonly body: string;
}

/** One way in which senders sign their webhooks: one file in `functions/signatures`. */
export interface SignatureScheme {
  /** The name users type and outputs show: `stripe`. */
  readonly name: string;
  /** Headers that must be there, lower-case; of a scheme that takes several versions, those of the newest. */
  readonly headers: readonly string[];
  /** Largest distance between the signed time and ours, either way, in seconds; 0 where there is no time rule. */
  readonly toleranceSeconds: number;
  /** What the receiver must hold, for people: `the signing secret of the endpoint, whsec_...`. */
  readonly secretForm: string;
  /**
   * Only where the secret is any random value that both sides hold, so that we may make it: the options of `hmac` by
   * which it is made and tried.
   */
  readonly ownSecret?: Readonly<Record<string, unknown>>;
  readonly repeats: Repeats;
  /** The sender tells the latest state only, unnumbered and in no order: its flows must re-read. @default false */
  readonly latestStateOnly?: boolean;
  /** What the specification says of it beside its name, for tools that sign as its sender does. @default nothing */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What the sender takes as "received". @default 202 */
  readonly accepted?: SenderAnswer;
  /** A refusal in the sender's own form, under our status; `title` is ours. @default problem details (RFC 9457) */
  refused?(statusCode: number, title: string): { readonly contentType: string; readonly body: string };
  /**
   * What is wrong with the form of a secret, without quoting it: `is an API key`. Undefined where nothing is, which
   * does not make it the right one. `verify` doesn't ask: it takes whatever signed the bytes.
   */
  checkSecret(secret: string): string | undefined;
  /**
   * Answers an authentic request that is no event but a question whether we are there. Undefined for events, and for
   * whatever isn't understood.
   */
  handshake?(request: SignedRequest): SenderAnswer | undefined;
  /**
   * Gets what `verify` needs and neither request nor secret hold. Resolves, too, where that proves nothing: `verify`
   * says so.
   * @throws where it couldn't be had: answer 503, so that the sender repeats the webhook.
   */
  prepare?(request: SignedRequest, nowMs: number): Promise<void>;
  /**
   * Answers whether any of the live secrets signed these bytes. Never throws: a request that can't be checked is not
   * valid. `nowMs` is the receiver's clock in milliseconds.
   */
  verify(request: SignedRequest, secrets: readonly string[], nowMs: number): Verification;
}

/**
 * Signs a request as its sender would at `nowMs`, for tools and tests; no receiver's bundle holds it. `secret`: what
 * the sender holds, which is the private key where the receiver has the public one.
 * @throws {Error} where the request lacks what is signed, or the secret is of another form: the caller must mend it.
 */
export type Sign = (request: SignedRequest, secret: string, nowMs: number) => SignedRequest;

/** What a sender posted, as far as a signature covers it. Header names are lower-case; doubled headers joined by a comma. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The exact bytes that were received. */
  readonly body: Uint8Array;
}

/** Why a request was refused: for the log and the metric only, never for the answer. */
export type Rejection =
  | 'header-missing'
  | 'header-malformed'
  | 'no-known-version'
  | 'timestamp-outside-window'
  | 'signature-mismatch';

export type Verification = { readonly valid: true } | { readonly valid: false; readonly reason: Rejection };

/** One way in which senders sign their webhooks: one file in `functions/signatures`. */
export interface SignatureScheme {
  /** The name users type and outputs show: `stripe`. */
  readonly name: string;
  /** Headers that must be there, lower-case. */
  readonly headers: readonly string[];
  /** Largest distance between the signed time and ours, either way, in seconds; 0 where the scheme signs no time. */
  readonly toleranceSeconds: number;
  /**
   * Answers whether any of the live secrets signed these bytes. Never throws: a request that can't be checked is not
   * valid. `nowMs` is the receiver's clock in milliseconds.
   */
  verify(request: SignedRequest, secrets: readonly string[], nowMs: number): Verification;
}

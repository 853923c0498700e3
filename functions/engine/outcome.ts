/**
 * What a failure means for the event, whoever failed:
 * - `transient`: the call may work later; an attempt is counted.
 * - `busy`: the system is well but can't take it now; no attempt is counted.
 * - `auth`: our credentials were refused; no attempt is counted.
 * - `permanent`: the same call will fail again; the event becomes a dead letter.
 */
export type FailureCategory = 'transient' | 'busy' | 'auth' | 'permanent';

/** A failed call. Holds codes and names of fields only: a provider's message may quote personal data. */
export interface Failure {
  readonly kind: FailureCategory;
  /** Stable and greppable: the provider's own code (`UNABLE_TO_LOCK_ROW`), or ours (`timeout`). */
  readonly code: string;
  /** What was tried: `salesforce.upsert`. */
  readonly operation: string;
  /** The system that was called, by its name in the integration. */
  readonly system?: string;
  /** When the call was begun, Unix milliseconds. */
  readonly beganMs?: number;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** Nobody was asked: it says nothing of how the system does. */
  readonly unasked?: boolean;
  /** No answer came, so that what was asked may still be done. */
  readonly mayLand?: boolean;
  /** How long the system asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The call was made for several events, and another one tells the breaker of it. */
  readonly told?: boolean;
}

export interface Success<Value> {
  readonly kind: 'success';
  readonly value: Value;
  /** As of a failure. */
  readonly told?: boolean;
}

/** How a call to a system ended. Connectors answer outcomes and never throw for what a system said. */
export type Outcome<Value> = Success<Value> | Failure;

export function success<Value>(value: Value): Success<Value> {
  return { kind: 'success', value };
}

import type { SimulatedResponse } from '../http-server.ts';
import type { Chance } from '../system.ts';
import { StripeApiError } from './errors.ts';

/** One POST that carries an `Idempotency-Key`. */
export interface KeyedCall {
  key: string;
  requestId: string;
  /** What must be the same under the same key: the endpoint and its parameters. */
  fingerprint: string;
}

interface Saved {
  fingerprint: string;
  requestId: string;
  atMs: number;
  /** Missing while the call is in flight. */
  response?: SimulatedResponse;
}

const KEPT_MS = 24 * 60 * 60 * 1000;
const LONGEST_KEY = 255;

/**
 * The first answer under a key, a 500 included, is kept for 24 h and replayed; the rules are those of
 * https://docs.stripe.com/api/idempotent_requests and /error-low-level.
 */
export class IdempotencyLayer {
  readonly #saved = new Map<string, Saved>();
  readonly #now: Chance['now'];

  constructor(now: Chance['now']) {
    this.#now = now;
  }

  async once(call: KeyedCall, execute: () => Promise<SimulatedResponse>): Promise<SimulatedResponse> {
    if (call.key.length > LONGEST_KEY) {
      throw new StripeApiError(400, `Idempotency keys can have up to ${LONGEST_KEY} characters.`);
    }
    const replay = this.#replay(call);
    if (replay) return replay;

    const saved: Saved = { fingerprint: call.fingerprint, requestId: call.requestId, atMs: this.#now() };
    this.#saved.set(call.key, saved);
    try {
      const response = await execute();
      // A 400 comes from checking the parameters: execution never began, so the key is free again.
      if (response.status === 400) this.#saved.delete(call.key);
      else saved.response = response;
      return response;
    } catch (error) {
      this.#saved.delete(call.key);
      throw error;
    }
  }

  #replay({ key, fingerprint }: KeyedCall): SimulatedResponse | undefined {
    const saved = this.#saved.get(key);
    if (!saved || this.#now() - saved.atMs >= KEPT_MS) return undefined;
    if (saved.fingerprint !== fingerprint) {
      throw new StripeApiError(
        400,
        'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
          `Try using a key other than '${key}' if you meant to execute a different request.`,
        { type: 'idempotency_error' },
      );
    }
    if (!saved.response) {
      throw new StripeApiError(
        409,
        `There is currently another in-progress request using this Idempotent Key: ${key}. Please try again later.`,
        { type: 'idempotency_error', code: 'idempotency_key_in_use' },
      );
    }
    const headers = { 'idempotent-replayed': 'true', 'original-request': saved.requestId };
    return { ...saved.response, headers: { ...saved.response.headers, ...headers } };
  }
}

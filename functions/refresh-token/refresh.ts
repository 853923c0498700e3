import { textHash } from '../aws/text-hash.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { type TokenErrorName, tokenErrors } from '../contract/token-errors.ts';
import type { RefreshAnswer, RefreshRequest, TokenState, TokenStore } from '../contract/tokens.ts';
import type { Outcome } from '../engine/outcome.ts';
import { earlyAfter, judgeRequest } from '../engine/token-refresh.ts';
import type { Policies } from '../specification/policies.ts';

export interface RefreshServices {
  readonly system: string;
  readonly tokens: TokenStore;
  readonly rules: Policies['auth'];
  /** Reads the operator's secret; undefined where it is empty. */
  readCredentials(): Promise<string | undefined>;
  /** Makes a token of it. */
  fetchToken(credentials: string): Promise<Outcome<string>>;
  storeToken(token: string): Promise<void>;
  readonly telemetry: Telemetry;
  now(): number;
  /** Time until this run is killed, in milliseconds. */
  remainingMs(): number;
  /** A new unique text. */
  newId(): string;
}

/**
 * A token could not be had. Thrown so that AWS counts the failure, retries a scheduled run, and tells the invoker: the
 * error's name is how delivery tells a refusal from an outage.
 */
export class TokenRefreshError extends Error {
  readonly code: string;
  constructor(name: TokenErrorName, code: string) {
    const remedy =
      name === tokenErrors.refused
        ? 'Check the credentials secret, and the OAuth client in the system'
        : 'It is tried again';
    super(`No token: ${code}. ${remedy}; see docs/runbook.md. (${name})`);
    this.name = name;
    this.code = code;
  }
}

/** How often the state may change under our hands before the caller is asked to come back. */
const tries = 3;

/** Time after the end of a run within which its last call may still be carried out, and by which clocks may differ. */
const leaseSlackMs = 5_000;

/**
 * Fetches a token and stores it for delivery to read, unless somebody else is at it, or the request needs none. The token in
 * force stays where that fails. Of any number of runs at once one fetches, under a lease that ends later than the run can.
 * @throws {TokenRefreshError} when the credentials are missing or refused, or the system can't be reached.
 */
export async function refresh(request: RefreshRequest | undefined, services: RefreshServices): Promise<RefreshAnswer> {
  const { system, tokens, rules, now, remainingMs } = services;
  const holder = services.newId();
  for (let tried = 0; tried < tries; tried += 1) {
    const seen = await tokens.read(system);
    const judged = judgeRequest(seen, request, holder, now(), rules);
    if (judged !== 'refresh') return judged;
    const lease = { holder, untilMs: now() + remainingMs() + leaseSlackMs };
    const early = earlyAfter(seen, request, now(), rules);
    const leased = await tokens.replace(system, seen, { ...seen, lease });
    if (leased !== undefined) return renew(leased, early, services);
  }
  return { kind: 'wait', code: 'refresh-in-progress', waitMs: 1_000 };
}

/** Fetches and stores a token under a lease, and gives the lease back, whatever that comes to. */
async function renew(leased: TokenState, early: number, services: RefreshServices): Promise<RefreshAnswer> {
  const { storeToken, telemetry, now, system } = services;
  // What is written when the lease is given back.
  let next: TokenState = { ...leased, lease: undefined };
  try {
    const fetched = await fetchWith(leased, services);
    if ('code' in fetched) {
      next = { ...next, refusal: fetched.refusal ?? next.refusal };
      throw new TokenRefreshError(fetched.name, fetched.code);
    }
    const hash = textHash(fetched.token);
    // Until it is known to be stored, nobody knows which one is.
    next = { ...next, hash: undefined };
    await storeToken(fetched.token);
    next = { ...next, hash, issuedMs: now(), early, refusal: undefined };
    telemetry.count(metricNames.tokenRefreshed);
    telemetry.info('token refreshed', { system });
    return { kind: 'stored', hash };
  } finally {
    await giveBack(leased, next, services);
  }
}

type Fetched =
  | { readonly token: string }
  | { readonly name: TokenErrorName; readonly code: string; readonly refusal?: TokenState['refusal'] };

/** Credentials that were refused are not shown to the system again at once: it may lock out whoever insists. */
async function fetchWith({ refusal: last }: TokenState, services: RefreshServices): Promise<Fetched> {
  const { readCredentials, fetchToken, rules, now } = services;
  const text = await readCredentials();
  if (text === undefined) return { name: tokenErrors.refused, code: 'credentials-missing' };
  const credentials = textHash(text);
  if (last?.credentials === credentials && now() - last.atMs < rules.waitMs) {
    return { name: tokenErrors.refused, code: last.code };
  }
  const fetched = await fetchToken(text);
  if (fetched.kind === 'success') return { token: fetched.value };
  const { code } = fetched;
  if (fetched.kind !== 'auth') return { name: tokenErrors.unavailable, code };
  return { name: tokenErrors.refused, code, refusal: { credentials, code, atMs: now() } };
}

/** What the run came to stands, also where the lease has to end by itself. */
async function giveBack(leased: TokenState, next: TokenState, services: RefreshServices): Promise<void> {
  const { tokens, system, telemetry } = services;
  try {
    await tokens.replace(system, leased, next);
  } catch (error) {
    telemetry.warn('lease not given back', { system }, error);
  }
}

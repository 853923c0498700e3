import { metricNames } from '../contract/metric-names.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { type TokenErrorName, tokenErrors } from '../contract/token-errors.ts';
import type { Outcome } from '../engine/outcome.ts';

export interface RefreshServices {
  /** Reads the operator's secret; undefined where it is empty. */
  readCredentials(): Promise<string | undefined>;
  /** Makes a token of it. */
  fetchToken(credentials: string): Promise<Outcome<string>>;
  storeToken(token: string): Promise<void>;
  readonly telemetry: Telemetry;
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

/**
 * Fetches a token and stores it for delivery to read.
 * @throws {TokenRefreshError} when the credentials are missing or refused, or the system can't be reached.
 */
export async function refresh({ readCredentials, fetchToken, storeToken, telemetry }: RefreshServices): Promise<void> {
  const credentials = await readCredentials();
  if (credentials === undefined) throw new TokenRefreshError(tokenErrors.refused, 'credentials-missing');
  const fetched = await fetchToken(credentials);
  if (fetched.kind !== 'success') {
    const name = fetched.kind === 'auth' ? tokenErrors.refused : tokenErrors.unavailable;
    throw new TokenRefreshError(name, fetched.code);
  }
  await storeToken(fetched.value);
  telemetry.count(metricNames.tokenRefreshed);
  telemetry.info('token refreshed', {});
}

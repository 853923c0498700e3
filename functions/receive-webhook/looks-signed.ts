import type { Rejection, SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';

/**
 * Whether a refused request looks as if its sender knew the scheme. What scans the internet does not: were it counted
 * among the rejected signatures, a scan alone could raise their alarm. `reason`: why the scheme refused it.
 */
export function looksSigned(
  headers: SignedRequest['headers'],
  { headers: own }: SignatureScheme,
  reason: Rejection,
): boolean {
  // A scheme without headers signs in the body, or has its token in the URL.
  if (own.length === 0 && (reason === 'body-malformed' || reason === 'token-missing')) return false;
  return reason !== 'header-missing' || own.some((name) => headers[name] !== undefined);
}

/** The same of a request whose body nobody read, and nobody will. */
export function looksSignedUnread(headers: SignedRequest['headers'], scheme: SignatureScheme, nowMs: number): boolean {
  if (scheme.headers.length === 0) return true;
  // By no secret anything is refused: only what is said of the headers counts.
  const verdict = scheme.verify({ headers, body: new Uint8Array() }, [], nowMs);
  return verdict.valid || looksSigned(headers, scheme, verdict.reason);
}

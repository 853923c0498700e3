import { createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';

/** The user that a connected app may act as without being asked, and the certificate's key that its assertions are signed by. */
export interface JwtUser {
  /** PEM */
  publicKey: string;
  username: string;
}

const part = (schema: v.GenericSchema<unknown, object>) => v.pipe(v.string(), v.parseJson(), schema);
const header = part(v.looseObject({ alg: v.literal('RS256') }));
const claims = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ iss: v.string(), sub: v.string(), aud: v.string(), exp: v.union([v.number(), v.string()]) }),
);

const AUDIENCES = ['https://login.salesforce.com', 'https://test.salesforce.com'];

/** An assertion may end this much later than now, in seconds, and this much earlier: clocks differ. */
const MOST_AHEAD = 3 * 60;

/**
 * Why Salesforce takes an assertion for no grant, in its words; undefined where it does take it (RFC 7523; RSA and SHA-256
 * only; Salesforce Help, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration").
 */
export function problemOf(assertion: string, clientId: string, user: JwtUser | undefined, nowMs: number) {
  const [head = '', body = '', signature = '', ...rest] = assertion.split('.');
  const parsed = v.safeParse(claims, decoded(body));
  if (rest.length > 0 || !parsed.success || !v.is(header, decoded(head))) return 'invalid assertion';
  const { iss, sub, aud, exp } = parsed.output;
  if (iss !== clientId) return 'client identifier invalid';
  if (!AUDIENCES.includes(aud)) return 'audience is invalid';
  // Seconds; a time in milliseconds is too far ahead.
  const ahead = Number(exp) - nowMs / 1000;
  if (!(ahead > 0 && ahead <= MOST_AHEAD)) return 'invalid assertion';
  if (user === undefined || sub !== user.username) return "user hasn't approved this consumer";
  const signed = Buffer.from(`${head}.${body}`);
  const key = createPublicKey(user.publicKey);
  return verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')) ? undefined : 'invalid assertion';
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}

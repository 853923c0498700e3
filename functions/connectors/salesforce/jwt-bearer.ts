import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import * as v from 'valibot';
import type { FetchToken } from '../connector.ts';
import { malformedCredentials, requestToken, url } from './token.ts';

const text = v.pipe(v.string(), v.nonEmpty());

/** The operator's secret: the org, the OAuth client, the user that it acts as, and the key whose certificate the client has. */
const credentialsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    url,
    clientId: text,
    username: text,
    /** PKCS #8 or PKCS #1 in PEM, not encrypted. */
    privateKey: text,
    /** Whom the assertion is for. @default `https://test.salesforce.com` for a sandbox, else `https://login.salesforce.com` */
    audience: v.optional(text),
  }),
);

/** Salesforce takes an assertion that ends within three minutes; half of that leaves room for a clock that is wrong. */
const validSeconds = 90;

/**
 * Fetches a token by the OAuth 2.0 JWT bearer flow (RFC 7523): the assertion is signed, so that no secret is sent.
 * Source: Salesforce Help, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration"; RSA and SHA-256 only.
 */
export const fetchToken: FetchToken = async (credentials, services) => {
  const client = v.safeParse(credentialsSchema, credentials);
  const key = client.success ? rsaKey(client.output.privateKey) : undefined;
  if (!client.success || key === undefined) return malformedCredentials;
  const { url, clientId, username, audience = audienceOf(url) } = client.output;
  const exp = Math.floor(services.now() / 1000) + validSeconds;
  const assertion = signed({ iss: clientId, sub: username, aud: audience, exp }, key);
  return requestToken(url, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }, services);
};

function rsaKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Enhanced domains: a sandbox's My Domain is `<org>--<sandbox>.sandbox.my.salesforce.com`. */
function audienceOf(url: string): string {
  const isSandbox = new URL(url).hostname.endsWith('.sandbox.my.salesforce.com');
  return isSandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}

/** A JSON Web Token (RFC 7519) signed by RS256 (RFC 7518, section 3.3). */
function signed(claims: Readonly<Record<string, string | number>>, key: KeyObject): string {
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) => base64url(Buffer.from(JSON.stringify(part))));
  const content = parts.join('.');
  return `${content}.${base64url(sign('sha256', Buffer.from(content), key))}`;
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

import * as v from 'valibot';
import { success } from '../../engine/outcome.ts';
import type { FetchToken } from '../connector.ts';
import { noResponseFailure, safeCode } from '../http/failures.ts';

const url = v.pipe(
  v.string(),
  v.url(),
  v.transform((text) => text.replace(/\/+$/, '')),
);

/** The operator's secret: the org's My Domain and an OAuth client that may use the client credentials flow. */
const credentialsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ url, clientId: v.pipe(v.string(), v.nonEmpty()), clientSecret: v.pipe(v.string(), v.nonEmpty()) }),
);

/** What `refresh-token` stores and delivery reads. Salesforce tells no lifetime; `issuedAt` is Unix milliseconds. */
const tokenSchema = v.object({ accessToken: v.pipe(v.string(), v.nonEmpty()), instanceUrl: url, issuedAt: v.number() });

const answerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ access_token: v.pipe(v.string(), v.nonEmpty()), instance_url: url }),
);

const errorSchema = v.pipe(v.string(), v.parseJson(), v.object({ error: v.string() }));

/** Reads the token secret's text; undefined where it is none. */
export function parseToken(text: string): v.InferOutput<typeof tokenSchema> | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), tokenSchema), text);
  return parsed.success ? parsed.output : undefined;
}

/**
 * Fetches a token by the OAuth 2.0 client credentials flow (RFC 6749, section 4.4), as the text of the token secret.
 * `credentials` is the text of the operator's secret.
 */
export const fetchToken: FetchToken = async (credentials, services) => {
  const operation = 'salesforce.token';
  const client = v.safeParse(credentialsSchema, credentials);
  if (!client.success) return { kind: 'auth', code: 'credentials-malformed', operation };
  const result = await services.http({
    method: 'POST',
    url: `${client.output.url}/services/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.output.clientId,
      client_secret: client.output.clientSecret,
    }).toString(),
    timeoutMs: services.timeoutMs,
  });
  if (result.kind === 'no-response') return noResponseFailure(result, operation, false);
  const answer = v.safeParse(answerSchema, result.body);
  if (result.status === 200 && answer.success) {
    const { access_token: accessToken, instance_url: instanceUrl } = answer.output;
    return success(JSON.stringify({ accessToken, instanceUrl, issuedAt: services.now() }));
  }
  const error = v.safeParse(errorSchema, result.body);
  return {
    kind: result.status >= 500 || result.status === 429 ? 'transient' : 'auth',
    code: safeCode(error.success ? error.output.error : undefined, `http-${result.status}`),
    operation,
    status: result.status,
  };
};

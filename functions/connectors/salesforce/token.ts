import * as v from 'valibot';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { FetchToken } from '../connector.ts';
import { noResponseFailure, safeCode } from '../http/failures.ts';

/** An address, without slashes at its end. */
export const url = v.pipe(
  v.string(),
  v.url(),
  v.transform((text) => text.replace(/\/+$/, '')),
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

const operation = 'salesforce.token';

/** Credentials that are not of the form that the sign-in needs: nobody is asked. */
export const malformedCredentials = { kind: 'auth', code: 'credentials-malformed', operation } as const;

/** Asks the org at `url` for a token, by the grant that `form` is of; answers the text of the token secret. */
export async function requestToken(
  url: string,
  form: Readonly<Record<string, string>>,
  { http, now, timeoutMs }: Parameters<FetchToken>[1],
): Promise<Outcome<string>> {
  const result = await http({
    method: 'POST',
    url: `${url}/services/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    timeoutMs,
  });
  if (result.kind === 'no-response') return noResponseFailure(result, operation, false);
  const answer = v.safeParse(answerSchema, result.body);
  if (result.status === 200 && answer.success) {
    const { access_token: accessToken, instance_url: instanceUrl } = answer.output;
    return success(JSON.stringify({ accessToken, instanceUrl, issuedAt: now() }));
  }
  const error = v.safeParse(errorSchema, result.body);
  return {
    kind: result.status >= 500 || result.status === 429 ? 'transient' : 'auth',
    code: safeCode(error.success ? error.output.error : undefined, `http-${result.status}`),
    operation,
    status: result.status,
  };
}

import * as v from 'valibot';
import type { HttpAuth, PlainHttpOptions } from '../../contract/plain-http.ts';
import type { Outcome } from '../../engine/outcome.ts';
import type { CallContext, ConnectorServices, HttpRequest, HttpResponse } from '../connector.ts';
import { authorised } from './authorised.ts';
import { correlationHeaders } from './correlation-headers.ts';
import { noResponseFailure } from './failures.ts';

/** A call to a plain HTTP system. */
export interface PlainCall {
  /** For logs and failures: `warehouse.put`. */
  readonly operation: string;
  readonly method: HttpRequest['method'];
  /** Below the secret's `url`, with the query; empty: the `url` itself. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whether it changes something: then a call without an answer may still be carried out. */
  readonly writes: boolean;
}

/**
 * Makes calls to the host that the credentials secret names, signed in as the specification says, and to no other: a
 * redirect is not followed, and an address that is not public is refused unless the specification or the stage allows it.
 */
export function createPlainClient(options: PlainHttpOptions, services: ConnectorServices) {
  const anyAddress = options.allowPrivateAddresses === true || services.allowPrivateAddresses === true;
  const own = lowerCased(options.headers ?? {});

  /** Calls, reading the secret again once where it is refused; `read` says what the answer means. */
  return <Value>(call: PlainCall, context: CallContext, read: (response: HttpResponse) => Outcome<Value>) =>
    authorised(
      services.credentials,
      (text) => parseCredentials(text, options.auth, anyAddress),
      context,
      async ({ url, authorization }): Promise<Outcome<Value>> => {
        const result = await services.http({
          method: call.method,
          url: url + call.path,
          publicOnly: !anyAddress,
          headers: {
            accept: 'application/json',
            // Some APIs refuse a caller without a name.
            'user-agent': 'millrace',
            ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
            ...call.headers,
            ...own,
            ...correlationHeaders(context),
            ...authorization,
          },
          body: call.body === undefined ? undefined : JSON.stringify(call.body),
          timeoutMs: context.timeoutMs(),
          trafficClass: context.trafficClass,
          readLimits: ({ status }) => (status === 429 ? { refused: 'rate' } : {}),
        });
        return result.kind === 'no-response' ? noResponseFailure(result, call.operation, call.writes) : read(result);
      },
    );
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

const text = v.pipe(v.string(), v.nonEmpty());
/** What a header may carry: a line break of an editor would make every call throw. */
const headerText = v.pipe(text, v.regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/));
const schemas = {
  token: v.pipe(v.string(), v.parseJson(), v.object({ url: text, token: headerText })),
  basic: v.pipe(v.string(), v.parseJson(), v.object({ url: text, username: text, password: text })),
};

interface Credentials {
  /** Without a slash at its end. */
  readonly url: string;
  readonly authorization: Readonly<Record<string, string>>;
}

/** Reads the secret's text; undefined where it is not of the form that the sign-in needs, or its URL may not be called. */
function parseCredentials(secret: string, auth: HttpAuth, anyAddress: boolean): Credentials | undefined {
  const parsed = v.safeParse(auth === 'basic' ? schemas.basic : schemas.token, secret);
  if (!parsed.success) return undefined;
  const url = parseUrl(parsed.output.url, anyAddress);
  return url === undefined ? undefined : { url, authorization: authorization(parsed.output, auth) };
}

function parseUrl(given: string, anyAddress: boolean): string | undefined {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const protocols = anyAddress ? ['https:', 'http:'] : ['https:'];
  if (url === undefined || !protocols.includes(url.protocol)) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

type Parsed = { readonly token: string } | { readonly username: string; readonly password: string };

function authorization(credentials: Parsed, auth: HttpAuth): Record<string, string> {
  if (!('token' in credentials)) {
    const { username, password } = credentials;
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  }
  return typeof auth === 'object'
    ? { [auth.header.toLowerCase()]: credentials.token }
    : { authorization: `Bearer ${credentials.token}` };
}

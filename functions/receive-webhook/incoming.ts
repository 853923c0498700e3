import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SignedRequest } from '../contract/signature-scheme.ts';

/** What an HTTP API hands over (payload format 2.0). */
export type HttpApiEvent = Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'> &
  Partial<Pick<APIGatewayProxyEventV2, 'rawPath' | 'rawQueryString' | 'requestContext'>>;

/** What a REST API hands over (payload format 1.0). */
type RestApiEvent = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'multiValueHeaders' | 'multiValueQueryStringParameters' | 'body' | 'isBase64Encoded' | 'requestContext'
>;

export type ApiEvent = HttpApiEvent | RestApiEvent;

/** A request as a gateway handed it over, whose body nobody has read yet. */
export interface Incoming {
  /** Names are lower-case; doubled headers are joined by a comma. */
  readonly headers: SignedRequest['headers'];
  /** Of the body, before it is decoded. */
  readonly bodyBytes: number;
  /** Who connected to the gateway, as it saw itself: never what a header says. Undefined where it does not tell. */
  readonly sourceIp: string | undefined;
  /** Decodes the body: only for one that is not too large. */
  read(): SignedRequest;
}

/**
 * The exact bytes, lower-case header names, doubled headers joined by a comma, and the URL as it was called, whichever
 * gateway it was and whatever it made of them.
 */
export function toIncoming(event: ApiEvent): Incoming {
  const { headers, method, url, sourceIp } = 'httpMethod' in event ? ofRestApi(event) : ofHttpApi(event);
  const [body, encoding] = [event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'] as const;
  return {
    headers,
    // Nothing is decoded for it: of base64 it is told by its length.
    bodyBytes: Buffer.byteLength(body, encoding),
    sourceIp,
    read: () => ({
      headers,
      body: Buffer.from(body, encoding),
      ...(method !== undefined && { method }),
      ...(url !== undefined && { url }),
    }),
  };
}

function ofHttpApi({ headers, requestContext, rawPath, rawQueryString }: HttpApiEvent) {
  return {
    headers: joined(Object.entries(headers)),
    method: requestContext?.http?.method,
    url: urlOf(requestContext?.domainName, rawPath, rawQueryString),
    sourceIp: requestContext?.http?.sourceIp,
  };
}

function ofRestApi({ httpMethod, multiValueHeaders, multiValueQueryStringParameters, requestContext }: RestApiEvent) {
  const every = (lists: Readonly<Record<string, string[] | undefined>> | null) =>
    Object.entries(lists ?? {}).flatMap(([name, values]) => (values ?? []).map((value) => [name, value] as const));
  // It hands over a query only taken apart and decoded: the sender's own spelling of it is not known.
  const query = every(multiValueQueryStringParameters).map((pair) => pair.map(encodeURIComponent).join('='));
  return {
    headers: joined(every(multiValueHeaders)),
    method: httpMethod,
    // With the name of its stage: `path` of the event itself lacks that.
    url: urlOf(requestContext.domainName, requestContext.path, query.join('&')),
    sourceIp: requestContext.identity.sourceIp,
  };
}

function joined(pairs: readonly (readonly [string, string | undefined])[]): SignedRequest['headers'] {
  const headers = new Map<string, string | undefined>();
  for (const [name, value] of pairs) {
    const [key, before] = [name.toLowerCase(), headers.get(name.toLowerCase())];
    headers.set(key, before === undefined || value === undefined ? (value ?? before) : `${before},${value}`);
  }
  return Object.fromEntries(headers);
}

/** A gateway is called by https only. */
function urlOf(domainName: string | undefined, path: string | undefined, query: string | undefined) {
  if (domainName === undefined || path === undefined) return undefined;
  return `https://${domainName}${path}${query ? `?${query}` : ''}`;
}

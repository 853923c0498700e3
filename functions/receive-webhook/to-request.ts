import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SignedRequest } from '../contract/signature-scheme.ts';

type ApiEvent = Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'> &
  Partial<Pick<APIGatewayProxyEventV2, 'rawPath' | 'rawQueryString' | 'requestContext'>>;

/**
 * The exact bytes, lower-case header names, doubled headers joined by a comma, and the URL as it was called, whatever
 * the gateway made of them.
 */
export function toRequest(event: ApiEvent): SignedRequest {
  const headers = new Map<string, string | undefined>();
  for (const [name, value] of Object.entries(event.headers)) {
    const [key, before] = [name.toLowerCase(), headers.get(name.toLowerCase())];
    headers.set(key, before === undefined || value === undefined ? (value ?? before) : `${before},${value}`);
  }
  const url = urlOf(event);
  const method = event.requestContext?.http?.method;
  return {
    headers: Object.fromEntries(headers),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    ...(method !== undefined && { method }),
    ...(url !== undefined && { url }),
  };
}

/** A gateway is called by https only. */
function urlOf({ requestContext, rawPath, rawQueryString }: ApiEvent): string | undefined {
  if (requestContext?.domainName === undefined || rawPath === undefined) return undefined;
  return `https://${requestContext.domainName}${rawPath}${rawQueryString ? `?${rawQueryString}` : ''}`;
}

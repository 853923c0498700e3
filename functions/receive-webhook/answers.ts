import type { SenderAnswer, SignatureScheme } from '../contract/signature-scheme.ts';

/** What the sender gets. Says nothing about which check failed, and quotes nothing of the request but its correlation id. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** 202: everything that was wanted is in the queues. */
export function accepted(correlationId: string): Answer {
  return {
    statusCode: 202,
    headers: { 'content-type': 'application/json', 'x-correlation-id': correlationId },
    body: JSON.stringify({ status: 'accepted', correlationId }),
  };
}

/** What the sender's own rules want to hear, with our id beside it. */
export function told({ statusCode, contentType, body }: SenderAnswer, correlationId: string): Answer {
  const headers = { 'x-correlation-id': correlationId };
  return {
    statusCode,
    headers: contentType === undefined ? headers : { ...headers, 'content-type': contentType },
    body,
  };
}

const titles = {
  400: 'The body is not an event',
  401: 'The signature is not valid',
  413: 'The body is too large',
  503: 'Not available, send again later',
} as const;

/** A refusal, in the sender's own form where it has one, else as problem details (RFC 9457). */
export function refused(
  statusCode: keyof typeof titles,
  correlationId: string,
  scheme: Pick<SignatureScheme, 'refused'>,
): Answer {
  const title = titles[statusCode];
  const { contentType, body } = scheme.refused?.(statusCode, title) ?? {
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: 'about:blank', title, status: statusCode, correlationId }),
  };
  const headers = { 'content-type': contentType, 'x-correlation-id': correlationId };
  return { statusCode, headers: statusCode === 503 ? { ...headers, 'retry-after': '10' } : headers, body };
}

import type { CallContext } from '../connector.ts';

/** What ties a call to the webhook that caused it, in the other side's logs. */
export function correlationHeaders({
  correlationId,
  traceparent,
}: Pick<CallContext, 'correlationId' | 'traceparent'>): Record<string, string> {
  return { 'x-correlation-id': correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
}

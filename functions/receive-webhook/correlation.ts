/** What ties together everything that happens to one webhook. */
export interface Correlation {
  readonly correlationId: string;
  /** W3C trace context, passed on as it came. */
  readonly traceparent: string | undefined;
}

/** Version ff and ids of zeros alone are invalid (W3C Trace Context, section 3.2.2). */
const traceparentForm = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Takes the sender's correlation id (`x-correlation-id`, else the trace id of `traceparent`), or makes one. Only plain
 * characters are taken: it is written to logs and headers.
 */
export function correlate(headers: Readonly<Record<string, string | undefined>>, newId: () => string): Correlation {
  const traceparent = traceparentForm.exec(headers.traceparent ?? '');
  const sent = headers['x-correlation-id'];
  const correlationId = sent !== undefined && /^[\w.:-]{1,128}$/.test(sent) ? sent : (traceparent?.[1] ?? newId());
  return { correlationId, traceparent: traceparent?.[0] };
}

import * as v from 'valibot';
import type { LogLine } from './stage-logs.ts';

const text = v.optional(v.string());
const number = v.optional(v.number());

/** What is read of a function's JSON log line: the ids, codes and times of `LogFields`, and nothing else. */
const schema = v.object({
  message: v.string(),
  timestamp: text,
  service: text,
  correlationId: text,
  eventId: text,
  eventType: text,
  flow: text,
  system: text,
  subject: text,
  messageId: text,
  destinationId: text,
  created: v.optional(v.boolean()),
  latencyMs: number,
  waitSeconds: number,
  attempts: number,
  operation: text,
  status: number,
  code: text,
  category: text,
  reason: text,
  errorName: text,
});

const jsonSchema = v.pipe(v.string(), v.parseJson(), schema);

/** A line that a function logged, about an event or a system. */
export type LogEntry = Omit<v.InferOutput<typeof schema>, 'timestamp' | 'service'> & {
  /** By the clock of the function, Unix milliseconds. */
  readonly atMs: number;
  readonly integration: string;
};

/** Undefined for what is none of our lines: metrics, and what Lambda itself writes. */
export function parseEntry(line: LogLine): LogEntry | undefined {
  const parsed = v.safeParse(jsonSchema, line.text);
  if (!parsed.success) return undefined;
  const { timestamp, service = '', ...entry } = parsed.output;
  const ownMs = Date.parse(timestamp ?? '');
  const [integration = ''] = service.split('/');
  return { ...entry, integration, atMs: Number.isNaN(ownMs) ? line.atMs : ownMs };
}

/** What functions log of ids that come from outside; one with other characters is left out of the logs. */
export function isLogged(id: string): boolean {
  return /^[\w.:/#-]{1,128}$/.test(id);
}

import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LogFields, Telemetry } from '../contract/telemetry.ts';

/** Telemetry by Powertools: JSON lines, and metrics in the embedded metric format. */
export function powertoolsTelemetry(logger: Logger, metrics: Metrics): Telemetry {
  return {
    info: (message, fields) => logger.info(message, { ...loggable(fields) }),
    warn: (message, fields, cause) => logger.warn(message, { ...loggable(fields), ...describe(cause) }),
    count: (metric) => metrics.addMetric(metric, MetricUnit.Count, 1),
    milliseconds: (metric, value) => metrics.addMetric(metric, MetricUnit.Milliseconds, value),
  };
}

/** Ids of senders are what they say they are: one that looks like no id could be a person's address. */
const senders = ['eventId', 'eventType', 'subject', 'destinationId'] as const;

function loggable(fields: LogFields): LogFields {
  const odd = senders.filter((name) => fields[name] !== undefined && !/^[\w.:/#-]{1,128}$/.test(fields[name]));
  return { ...fields, ...Object.fromEntries(odd.map((name) => [name, '(not an id)'])) };
}

/** An error without its message: a library's message may quote what it was given. */
function describe(cause: unknown): { errorName?: string; stack?: string } {
  if (!(cause instanceof Error)) return {};
  // The stack begins with the message, whose lines may look like anything; frames end with a position in a file.
  const frames = cause.stack?.split('\n').filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line)) ?? [];
  return { errorName: cause.name, stack: frames.slice(0, 8).join('\n') };
}

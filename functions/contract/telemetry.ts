import type { MetricName } from './metric-names.ts';

/** What a log line may carry: ids, names, codes and counts. Never a payload, a field's value or a secret. */
export interface LogFields {
  readonly correlationId?: string;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly flow?: string;
  /** The entity key. */
  readonly subject?: string;
  /** What SQS calls the message. */
  readonly messageId?: string;
  readonly destinationId?: string;
  readonly created?: boolean;
  readonly latencyMs?: number;
  readonly waitSeconds?: number;
  readonly attempts?: number;
  readonly receiveCount?: number;
  readonly operation?: string;
  readonly system?: string;
  readonly status?: number;
  readonly code?: string;
  readonly category?: string;
  readonly reason?: string;
  readonly bytes?: number;
  /** How many messages a line is about. */
  readonly messages?: number;
}

/** Where the rules tell what happened; the handlers give it Powertools' Logger and Metrics. */
export interface Telemetry {
  info(message: string, fields: LogFields): void;
  /** Something an operator may have to look at. `cause`: only its name and stack are logged. */
  warn(message: string, fields: LogFields, cause?: unknown): void;
  count(metric: MetricName): void;
  milliseconds(metric: MetricName, value: number): void;
}

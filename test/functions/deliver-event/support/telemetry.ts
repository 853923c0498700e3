import type { MetricName } from '../../../../functions/contract/metric-names.ts';
import type { LogFields, Telemetry } from '../../../../functions/contract/telemetry.ts';

/** Telemetry that keeps what it was told. */
export class KeptTelemetry implements Telemetry {
  readonly lines: (LogFields & { level: 'info' | 'warn'; message: string; cause?: unknown })[] = [];
  readonly counts = new Map<string, number>();
  readonly times: { metric: MetricName; value: number }[] = [];

  info(message: string, fields: LogFields): void {
    this.lines.push({ level: 'info', message, ...fields });
  }

  warn(message: string, fields: LogFields, cause?: unknown): void {
    this.lines.push({ level: 'warn', message, ...fields, cause });
  }

  count(metric: MetricName): void {
    this.counts.set(metric, (this.counts.get(metric) ?? 0) + 1);
  }

  milliseconds(metric: MetricName, value: number): void {
    this.times.push({ metric, value });
  }
}

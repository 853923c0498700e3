import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../functions/contract/metric-names.ts';
import { serviceName, stageName } from '../../functions/contract/names.ts';

export const fiveMinutes = Duration.minutes(5);

/** The metrics that the handlers of one source or flow emit, by the namespace and dimension Powertools gives them. */
export class ServiceMetrics {
  private readonly namespace: string;
  private readonly dimensionsMap: { readonly service: string };

  constructor(stage: string, integration: string, serves: string) {
    this.namespace = stageName(stage);
    this.dimensionsMap = { service: serviceName(integration, serves) };
  }

  /** How often it happened in a period. */
  count(metricName: MetricName, period: Duration = fiveMinutes): Metric {
    return this.of(metricName, Stats.SUM, period);
  }

  /** The value that 99 of 100 stay below. */
  p99(metricName: MetricName): Metric {
    return this.of(metricName, Stats.percentile(99), fiveMinutes);
  }

  /** The highest value of a gauge that comes every minute. */
  gauge(metricName: MetricName): Metric {
    return this.of(metricName, Stats.MAXIMUM, Duration.minutes(1));
  }

  private of(metricName: MetricName, statistic: string, period: Duration): Metric {
    return new Metric({ namespace: this.namespace, metricName, dimensionsMap: this.dimensionsMap, statistic, period });
  }
}

/**
 * Percentage of `part` in `whole`, both metric-math expressions over `metrics`. It is 0 while `part` is below
 * `atLeast`, so that one mishap in a quiet hour is no percentage.
 */
export function percentage(
  label: string,
  part: string,
  whole: string,
  usingMetrics: Readonly<Record<string, Metric>>,
  atLeast = 1,
): MathExpression {
  const expression = `IF((${part}) >= ${atLeast}, 100 * (${part}) / (${whole}), 0)`;
  return new MathExpression({ expression, usingMetrics, label, period: fiveMinutes });
}

import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import { createStateTable } from '../aws/dynamo-state-table.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import { parseEnvironment, watchEnvironment } from '../contract/environment.ts';
import { metricNames } from '../contract/metric-names.ts';
import { serviceName } from '../contract/names.ts';
import { createHealth } from '../state/health.ts';
import { type Gauge, type Gauges, type WatchServices, watch } from './watch.ts';

/** What one integration's health is made of. */
export interface WatchDefinition {
  readonly integration: string;
  /** Names. */
  readonly systems: readonly string[];
  readonly flows: readonly string[];
}

/** Called by AWS: every minute. */
export function createHandler(definition: WatchDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = connectAws(definition, logger, metrics);
  return middy<unknown, void>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler(() => watch(services));
}

/** Once per cold start. */
function connectAws({ integration, systems, flows }: WatchDefinition, logger: Logger, metrics: Metrics): WatchServices {
  const { STATE_TABLE } = parseEnvironment(watchEnvironment, process.env);
  return {
    systems,
    flows,
    health: createHealth(createStateTable(new DynamoDBClient(), STATE_TABLE, Date.now), integration),
    gauges: (of) => gaugesOf(serviceName(integration, of)),
    telemetry: powertoolsTelemetry(logger, metrics),
    now: Date.now,
  };
}

/** Metrics of one service: each has a dimension of its own, and so a line of its own. */
function gaugesOf(service: string): Gauges {
  const metrics = new Metrics({ serviceName: service });
  const unitOf = (metric: Gauge) => (metric === metricNames.breakerOpenSeconds ? MetricUnit.Seconds : MetricUnit.Count);
  return {
    set: (metric, value) => metrics.addMetric(metric, unitOf(metric), value),
    publish: () => metrics.publishStoredMetrics(),
  };
}

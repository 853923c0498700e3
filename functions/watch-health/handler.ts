import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsCallLimits } from '../aws/call-limits.ts';
import { createStateTable } from '../aws/dynamo-state-table.ts';
import { createLambda } from '../aws/lambda.ts';
import { createLimitStore } from '../aws/limit-store.ts';
import { createParkedTable } from '../aws/parked-table.ts';
import { parseEnvironment, watchEnvironment } from '../contract/environment.ts';
import { metricNames } from '../contract/metric-names.ts';
import { serviceName } from '../contract/names.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { createHealth } from '../state/health.ts';
import { createTokens } from '../state/tokens.ts';
import { type Gauge, type Gauges, type WatchServices, watch } from './watch.ts';

/** What one integration's health is made of. */
export interface WatchDefinition {
  readonly integration: string;
  /** Names. */
  readonly systems: readonly string[];
  /** Those of the systems that have tokens. */
  readonly tokens: readonly string[];
  readonly flows: readonly string[];
}

/** Called by AWS: every minute. */
export function createHandler(definition: WatchDefinition) {
  return createLambda<unknown, void>((telemetry) => {
    const services = connectAws(definition, telemetry);
    return () => watch(services);
  });
}

/** Once per cold start. */
function connectAws({ integration, systems, tokens, flows }: WatchDefinition, telemetry: Telemetry): WatchServices {
  const { STATE_TABLE, PARKED_TABLE, LIMITS } = parseEnvironment(watchEnvironment, process.env);
  const dynamo = new DynamoDBClient(awsCallLimits);
  const table = createStateTable(dynamo, STATE_TABLE, Date.now);
  return {
    systems,
    tokens,
    flows,
    health: createHealth(table, integration),
    tokenStore: createTokens(table, integration),
    limits: new Map(Object.entries(LIMITS)),
    limitStore: createLimitStore(dynamo, STATE_TABLE, integration),
    parked: createParkedTable(dynamo, PARKED_TABLE, integration, Date.now),
    gauges: (of) => gaugesOf(serviceName(integration, of)),
    telemetry,
    now: Date.now,
  };
}

const units: Readonly<Partial<Record<Gauge, (typeof MetricUnit)[keyof typeof MetricUnit]>>> = {
  [metricNames.breakerOpenSeconds]: MetricUnit.Seconds,
  [metricNames.dailyBudgetUsed]: MetricUnit.Percent,
};

/** Metrics of one service: each has a dimension of its own, and so a line of its own. */
function gaugesOf(service: string): Gauges {
  const metrics = new Metrics({ serviceName: service });
  const unitOf = (metric: Gauge) => units[metric] ?? MetricUnit.Count;
  return {
    set: (metric, value) => metrics.addMetric(metric, unitOf(metric), value),
    publish: () => metrics.publishStoredMetrics(),
  };
}

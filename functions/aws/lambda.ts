import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Telemetry } from '../contract/telemetry.ts';
import { powertoolsTelemetry } from './telemetry.ts';

/**
 * What every function has round it: log lines that carry the invocation, and metrics that are written at its end.
 * `connect` is called once per cold start, and answers what an invocation does.
 */
export function createLambda<Event, Answer>(
  connect: (telemetry: Telemetry) => (event: Event, context: Context) => Promise<Answer>,
) {
  const logger = new Logger();
  const metrics = new Metrics();
  return middy<Event, Answer>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler(connect(powertoolsTelemetry(logger, metrics)));
}

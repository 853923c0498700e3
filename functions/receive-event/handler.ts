import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createFlowSender } from '../aws/flow-sender.ts';
import { createLeanAws } from '../aws/lean-calls.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import { lambdaEnvironment, parseEnvironment, receiveEventEnvironment } from '../contract/environment.ts';
import type { Flow } from '../specification/flow.ts';
import type { System } from '../specification/system.ts';
import { type ReceiveEventServices, receiveEvents } from './receive.ts';

export interface EventReceiverDefinition {
  readonly integration: string;
  readonly system: System;
  readonly flows: readonly Flow[];
}

/** Called by AWS: a batch of a partner's events an invocation. */
export function createHandler(definition: EventReceiverDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = buildServices(definition, logger, metrics);
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler(async ({ Records }) => {
      const { notTaken } = await receiveEvents(Records, services);
      return { batchItemFailures: notTaken.map((itemIdentifier) => ({ itemIdentifier })) };
    });
}

/** Once per cold start. */
function buildServices(
  { integration, system, flows }: EventReceiverDefinition,
  logger: Logger,
  metrics: Metrics,
): ReceiveEventServices {
  const environment = parseEnvironment(receiveEventEnvironment, process.env);
  const { bridge } = system;
  if (bridge === undefined)
    throw new Error(`systems.${system.name} has no bridge: it needs no receiver of its events.`);
  return {
    integration,
    system: system.name,
    bridge,
    flows,
    send: createFlowSender({
      aws: createLeanAws(() => parseEnvironment(lambdaEnvironment, process.env)),
      integration,
      urls: environment.QUEUE_URLS,
      bucket: environment.DATA_BUCKET,
    }),
    telemetry: powertoolsTelemetry(logger, metrics),
    now: Date.now,
  };
}

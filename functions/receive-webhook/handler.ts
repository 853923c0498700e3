import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { createFlowSender } from '../aws/flow-sender.ts';
import { createLeanAws } from '../aws/lean-calls.ts';
import { leanSecretReader } from '../aws/lean-secret-reader.ts';
import { powertoolsTelemetry } from '../aws/telemetry.ts';
import { lambdaEnvironment, parseEnvironment, receiveEnvironment } from '../contract/environment.ts';
import type { Flow } from '../specification/flow.ts';
import type { System } from '../specification/system.ts';
import { allowSenders } from './allowed-sender.ts';
import type { Answer } from './answers.ts';
import { type ApiEvent, toIncoming } from './incoming.ts';
import { type ReceiveServices, receive } from './receive.ts';

export interface ReceiverDefinition {
  readonly integration: string;
  readonly system: System;
  readonly flows: readonly Flow[];
}

/** Called by AWS: one webhook an invocation. */
export function createHandler(definition: ReceiverDefinition) {
  const logger = new Logger();
  const metrics = new Metrics();
  const services = buildServices(definition, logger, metrics);
  return middy<ApiEvent, Answer>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler((event) => receive(toIncoming(event), services));
}

/** Once per cold start. */
function buildServices(
  { integration, system, flows }: ReceiverDefinition,
  logger: Logger,
  metrics: Metrics,
): ReceiveServices {
  const environment = parseEnvironment(receiveEnvironment, process.env);
  const { webhook } = system;
  if (webhook === undefined) throw new Error(`systems.${system.name} has no webhook: it needs no receiver.`);
  const aws = createLeanAws(() => parseEnvironment(lambdaEnvironment, process.env));
  const clocks = environment.WEBHOOK_SECRET_CLOCKS;
  return {
    integration,
    system: system.name,
    webhook,
    allowsSender: allowSenders(webhook.allowedRanges),
    flows,
    secret: leanSecretReader(aws.call, environment.WEBHOOK_SECRET_ID, Date.now, clocks),
    rereadSecretMs: clocks.rereadMs,
    send: createFlowSender({ aws, integration, urls: environment.QUEUE_URLS, bucket: environment.DATA_BUCKET }),
    telemetry: powertoolsTelemetry(logger, metrics),
    now: Date.now,
    newId: randomUUID,
  };
}

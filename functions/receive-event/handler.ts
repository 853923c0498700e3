import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createFlowSender } from '../aws/flow-sender.ts';
import { createLambda } from '../aws/lambda.ts';
import { createLeanAws } from '../aws/lean-calls.ts';
import { lambdaEnvironment, parseEnvironment, receiveEventEnvironment } from '../contract/environment.ts';
import type { Telemetry } from '../contract/telemetry.ts';
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
  return createLambda<SQSEvent, SQSBatchResponse>((telemetry) => {
    const services = buildServices(definition, telemetry);
    return async ({ Records }) => {
      const { notTaken } = await receiveEvents(Records, services);
      return { batchItemFailures: notTaken.map((itemIdentifier) => ({ itemIdentifier })) };
    };
  });
}

/** Once per cold start. */
function buildServices(
  { integration, system, flows }: EventReceiverDefinition,
  telemetry: Telemetry,
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
    telemetry,
    now: Date.now,
  };
}

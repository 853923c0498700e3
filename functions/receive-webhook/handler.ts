import { randomUUID } from 'node:crypto';
import { createFlowSender } from '../aws/flow-sender.ts';
import { createLambda } from '../aws/lambda.ts';
import { createLeanAws } from '../aws/lean-calls.ts';
import { leanSecretReader } from '../aws/lean-secret-reader.ts';
import { lambdaEnvironment, parseEnvironment, receiveEnvironment } from '../contract/environment.ts';
import type { Telemetry } from '../contract/telemetry.ts';
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
  return createLambda<ApiEvent, Answer>((telemetry) => {
    const services = buildServices(definition, telemetry);
    return (event) => receive(toIncoming(event), services);
  });
}

/** Once per cold start. */
function buildServices({ integration, system, flows }: ReceiverDefinition, telemetry: Telemetry): ReceiveServices {
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
    telemetry,
    now: Date.now,
    newId: randomUUID,
  };
}

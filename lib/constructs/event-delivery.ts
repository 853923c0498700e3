import { Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeliverEnvironment } from '../../functions/contract/environment.ts';
import { bundleName } from '../../functions/contract/names.ts';
import type { Policies } from '../../functions/specification/policies.ts';
import { consumeFrom, invoke, type NamedSecret, plain, readSecret, record, sendTo, useItemsOf } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';
import type { FlowQueue } from './flow-queue.ts';

export interface EventDeliveryProps {
  readonly context: FunctionContext;
  readonly flow: string;
  readonly queue: FlowQueue;
  readonly stateTable: ITableV2;
  /** What calls are signed in with, by system: those the flow reads and writes. */
  readonly access: Readonly<Record<string, NamedSecret>>;
  /** The refreshers of those systems that have tokens, by system. */
  readonly refreshers: Readonly<Record<string, IFunction>>;
  /** Every number of the flow's delivery rules. */
  readonly policies: Policies;
}

/** FIFO mappings take no more. */
const batchSize = 10;

/** A flow's function on its queue: reads, maps and writes, and settles each message or hands it back. */
export class EventDelivery extends Construct {
  readonly function: IFunction;
  readonly queue: FlowQueue;

  constructor(scope: Construct, id: string, props: EventDeliveryProps) {
    super(scope, id);
    const { context, flow, queue } = props;
    this.queue = queue;
    const delivery = new BundledFunction<DeliverEnvironment>(this, 'DeliverEvent', {
      context,
      bundle: bundleName('deliver-event', flow),
      serves: flow,
      description: `Delivers the events of ${flow} (${context.integration})`,
      memoryMb: 512,
      withoutDeadLetters: 'Only the queue calls it: what fails stays in the queue, and ends in its dead letter queue.',
      environment: {
        QUEUE_URL: consumeFrom(queue.queue),
        DEAD_LETTER_QUEUE_URL: sendTo(queue.deadLetters),
        STATE_TABLE: useItemsOf(props.stateTable),
        CREDENTIAL_SECRET_IDS: record(mapValues(props.access, readSecret)),
        TOKEN_REFRESHERS: record(mapValues(props.refreshers, invoke)),
        CALL_TIMEOUT_MS: plain(context.stage.callTimeoutMs),
        POLICIES: plain(JSON.stringify(props.policies)),
      },
    });
    this.function = delivery.function;
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.function,
      eventSourceArn: queue.queue.queueArn,
      batchSize,
      // Without it one failed message would bring back its whole batch, and the delivered ones with it.
      reportBatchItemFailures: true,
      // Bounds what a backlog takes of the account and of the destination.
      maxConcurrency: props.policies.concurrency.invocations,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
      reason: 'Lambda takes such a destination for streams only; for a queue its redrive policy is the destination.',
    });
  }
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ReceiveEventEnvironment } from '../../functions/contract/environment.ts';
import { dataPrefix } from '../../functions/contract/large-data.ts';
import { bundleName } from '../../functions/contract/names.ts';
import { consumeFrom, type NamedBucket, record, sendTo, useObjectsOf } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';
import type { EventQueue } from './event-queue.ts';
import { mapQueue } from './queue-mapping.ts';

export interface EventReceiverProps {
  readonly context: FunctionContext;
  /** The system whose events it takes. */
  readonly system: string;
  readonly events: EventQueue;
  /** The queues of the flows that its events may wake, by the flow's name. */
  readonly queues: Readonly<Record<string, IQueue>>;
  /** Where the data of large events goes. */
  readonly dataBucket: NamedBucket;
}

/** Ten events each: more than any system sends that is not restoring a day. */
const maxConcurrency = 5;

/** One source's second door: a function that puts what came by EventBridge into the flows' queues. */
export class EventReceiver extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, { context, system, events, queues, dataBucket }: EventReceiverProps) {
    super(scope, id);
    const put = Object.keys(queues).map((flow) => dataPrefix('events', context.integration, flow));
    const urls = Object.entries(queues).map(([flow, queue]) => [flow, sendTo(queue)] as const);
    const receiver = new BundledFunction<ReceiveEventEnvironment>(this, 'ReceiveEvent', {
      context,
      bundle: bundleName('receive-event', system),
      serves: system,
      description: `Takes what ${system} sends by EventBridge (${context.integration})`,
      memoryMb: 256,
      environment: { QUEUE_URLS: record(Object.fromEntries(urls)), DATA_BUCKET: useObjectsOf(dataBucket, { put }) },
      withoutDeadLetters: 'Only the queue calls it: what fails stays in the queue, and ends in its dead letter queue.',
    });
    this.function = receiver.function;
    for (const statement of consumeFrom(events.queue).statements) receiver.function.addToRolePolicy(statement);
    mapQueue(this, 'Mapping', { target: this.function, queue: events.queue, maxConcurrency });
  }
}

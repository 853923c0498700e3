import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeliverEnvironment } from '../../functions/contract/environment.ts';
import { dataPrefix } from '../../functions/contract/large-data.ts';
import type { Limits } from '../../functions/contract/limits.ts';
import { bundleName } from '../../functions/contract/names.ts';
import type { Policies } from '../../functions/specification/policies.ts';
import {
  consumeAndSendTo,
  invoke,
  type NamedBucket,
  type NamedSecret,
  plain,
  readSecret,
  record,
  sendTo,
  useItemsOf,
  useObjectsOf,
} from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';
import type { FlowQueue } from './flow-queue.ts';
import { mapQueue } from './queue-mapping.ts';

export interface EventDeliveryProps {
  readonly context: FunctionContext;
  readonly flow: string;
  readonly queue: FlowQueue;
  readonly stateTable: ITableV2;
  readonly parkedTable: ITableV2;
  /** Where the data of large events is. */
  readonly dataBucket: NamedBucket;
  /** What calls are signed in with, by system: those the flow reads and writes. */
  readonly access: Readonly<Record<string, NamedSecret>>;
  /** The refreshers of those systems that have tokens, by system. */
  readonly refreshers: Readonly<Record<string, IFunction>>;
  /** How often those of the systems that have limits may be called. */
  readonly limits: Readonly<Record<string, Limits>>;
  /** Every number of the flow's delivery rules. */
  readonly policies: Policies;
}

/** Idempotency records, histories, park lists and what else it remembers. */
const stateActions = ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'] as const;

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
        // A parked event that is settled releases the next one of its record.
        QUEUE_URL: consumeAndSendTo(queue.queue),
        DEAD_LETTER_QUEUE_URL: sendTo(queue.deadLetters),
        STATE_TABLE: useItemsOf(props.stateTable, stateActions),
        // It settles and releases what is parked; what it parks goes by the dead letters.
        PARKED_TABLE: useItemsOf(props.parkedTable, ['GetItem', 'UpdateItem']),
        DATA_BUCKET: useObjectsOf(props.dataBucket, {
          read: [dataPrefix('events', context.integration, flow), dataPrefix('parked', context.integration, flow)],
        }),
        CREDENTIAL_SECRET_IDS: record(mapValues(props.access, readSecret)),
        TOKEN_REFRESHERS: record(mapValues(props.refreshers, invoke)),
        CALL_TIMEOUT_MS: plain(context.stage.callTimeoutMs),
        ALLOW_PRIVATE_ADDRESSES: plain(context.stage.allowPrivateAddresses ? 'true' : 'false'),
        LIMITS: plain(JSON.stringify(props.limits)),
        POLICIES: plain(JSON.stringify(props.policies)),
      },
    });
    this.function = delivery.function;
    mapQueue(this, 'Mapping', {
      target: this.function,
      queue: queue.queue,
      maxConcurrency: props.policies.concurrency.invocations,
    });
  }
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

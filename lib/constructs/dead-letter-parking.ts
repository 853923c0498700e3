import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ParkEnvironment } from '../../functions/contract/environment.ts';
import { dataPrefix } from '../../functions/contract/large-data.ts';
import { parkDeadLetter } from '../../functions/contract/names.ts';
import { consumeFrom, type NamedBucket, record, sendTo, useItemsOf, useObjectsOf } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';
import type { FlowQueue } from './flow-queue.ts';
import { mapQueue } from './queue-mapping.ts';

export interface DeadLetterParkingProps {
  readonly context: FunctionContext;
  /** The queues of the integration's flows, by the flow's name. */
  readonly queues: ReadonlyMap<string, FlowQueue>;
  /** Where park lists are. */
  readonly stateTable: ITableV2;
  readonly parkedTable: ITableV2;
  /** Where the data of large events is, and is copied to be kept. */
  readonly dataBucket: NamedBucket;
}

/** The least that Lambda takes, for each flow: parking waits for nobody, and a flood must not starve deliveries. */
const maxConcurrency = 2;

/** An integration's function on its queues of dead letters: moves what comes there into the parked table. */
export class DeadLetterParking extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: DeadLetterParkingProps) {
    super(scope, id);
    const { context, queues, stateTable, parkedTable, dataBucket } = props;
    const flows = [...queues];
    const parking = new BundledFunction<ParkEnvironment>(this, 'ParkDeadLetter', {
      context,
      bundle: parkDeadLetter,
      serves: parkDeadLetter,
      description: `Moves the dead letters of ${context.integration} into the parked table`,
      memoryMb: 256,
      withoutDeadLetters:
        'Only the queues of dead letters call it: what fails stays there for 14 days, and AgingDeadLetters tells of it.',
      environment: {
        STATE_TABLE: useItemsOf(stateTable, ['GetItem', 'PutItem']),
        PARKED_TABLE: useItemsOf(parkedTable, ['GetItem', 'PutItem', 'UpdateItem']),
        DATA_BUCKET: useObjectsOf(dataBucket, {
          read: [dataPrefix('events', context.integration)],
          put: [dataPrefix('parked', context.integration)],
        }),
        // The next event of a halted record goes back as soon as it is parked, where what stood before it is settled.
        QUEUE_URLS: record(Object.fromEntries(flows.map(([flow, { queue }]) => [flow, sendTo(queue)]))),
        DEAD_LETTER_QUEUES: record(
          Object.fromEntries(
            flows.map(([flow, { deadLetters, names }]) => [
              names.deadLetters,
              { ...consumeFrom(deadLetters), value: flow },
            ]),
          ),
        ),
      },
    });
    this.function = parking.function;
    for (const [flow, { deadLetters }] of queues) {
      mapQueue(this, `${flow}-mapping`, { target: this.function, queue: deadLetters, maxConcurrency });
    }
  }
}

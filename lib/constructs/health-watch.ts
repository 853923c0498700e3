import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { WatchEnvironment } from '../../functions/contract/environment.ts';
import type { Limits } from '../../functions/contract/limits.ts';
import { unsettledIndex, watchHealth } from '../../functions/contract/names.ts';
import { plain, queryIndexOf, readItemsOf } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';
import { callOnSchedule } from './function-schedule.ts';

export interface HealthWatchProps {
  readonly context: FunctionContext;
  /** Where breakers and holds are kept. */
  readonly stateTable: ITableV2;
  /** Where parked events are. */
  readonly parkedTable: ITableV2;
  /** How often those of the systems that have limits may be called. */
  readonly limits: Readonly<Record<string, Limits>>;
}

/** The alarms on its gauges look at one minute each. */
const interval = Duration.minutes(1);

/** An integration's watchman: emits which systems' breakers are open, which flows are held and what is parked. */
export class HealthWatch extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, { context, stateTable, parkedTable, limits }: HealthWatchProps) {
    super(scope, id);
    const watch = new BundledFunction<WatchEnvironment>(this, 'WatchHealth', {
      context,
      bundle: watchHealth,
      serves: watchHealth,
      description: `Emits how the systems and flows of ${context.integration} do`,
      memoryMb: 256,
      environment: {
        STATE_TABLE: readItemsOf(stateTable),
        LIMITS: plain(JSON.stringify(limits)),
        PARKED_TABLE: queryIndexOf(parkedTable, unsettledIndex.name),
      },
      withoutDeadLetters: 'There is nothing in the call to keep: the next run, a minute later, looks anew.',
    });
    this.function = watch.function;
    callOnSchedule(this, this.function, {
      description: `Looks at the breakers, holds and parked events of ${context.integration}`,
      interval,
      // What a repeat would tell, the next run tells as well.
      retry: { attempts: 0, maxAge: interval },
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RefreshEnvironment } from '../../functions/contract/environment.ts';
import { bundleName } from '../../functions/contract/names.ts';
import type { Policies } from '../../functions/specification/policies.ts';
import { type NamedSecret, plain, readSecret, useItemsOf, writeSecret } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';
import { callOnSchedule } from './function-schedule.ts';

export interface TokenRefreshProps {
  readonly context: FunctionContext;
  readonly system: string;
  /** The OAuth client, which no other function may read. */
  readonly credentials: NamedSecret;
  /** Where the access token goes. */
  readonly token: NamedSecret;
  /** Where all who ask for a token agree on one who fetches it. */
  readonly stateTable: ITableV2;
  readonly rules: Policies['auth'];
}

/** Salesforce sessions may end after an hour: this leaves a quarter of it for the retries below. */
export const refreshInterval = Duration.minutes(45);

/** Makes a system's access tokens: on a schedule, and when a delivery asks because it has none or was refused. */
export class TokenRefresh extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: TokenRefreshProps) {
    super(scope, id);
    const { context, system } = props;
    const refresher = new BundledFunction<RefreshEnvironment>(this, 'RefreshToken', {
      context,
      bundle: bundleName('refresh-token', system),
      serves: system,
      description: `Fetches the access token of ${system} (${context.integration})`,
      memoryMb: 256,
      withoutDeadLetters:
        'There is nothing in the call to keep: the next run, or the next delivery, fetches a token anyway.',
      environment: {
        CLIENT_SECRET_ID: readSecret(props.credentials),
        TOKEN_SECRET_ID: writeSecret(props.token),
        STATE_TABLE: useItemsOf(props.stateTable, ['GetItem', 'PutItem']),
        CALL_TIMEOUT_MS: plain(context.stage.callTimeoutMs),
        AUTH_POLICY: plain(JSON.stringify(props.rules)),
      },
    });
    this.function = refresher.function;
    callOnSchedule(this, this.function, {
      description: `Replaces the access token of ${system} before it expires`,
      interval: refreshInterval,
      retry: { attempts: 3, maxAge: Duration.minutes(10) },
    });
  }
}

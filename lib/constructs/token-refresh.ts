import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { RefreshEnvironment } from '../../functions/contract/environment.ts';
import { bundleName } from '../../functions/contract/names.ts';
import { type NamedSecret, plain, readSecret, writeSecret } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';

export interface TokenRefreshProps {
  readonly context: FunctionContext;
  readonly system: string;
  /** The OAuth client, which no other function may read. */
  readonly credentials: NamedSecret;
  /** Where the access token goes. */
  readonly token: NamedSecret;
}

/** Salesforce sessions may end after an hour: this leaves a quarter of it for the retries below. */
const interval = Duration.minutes(45);

/** Makes a system's access tokens: on a schedule, and when a delivery asks because it has none or was refused. */
export class TokenRefresh extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, { context, system, credentials, token }: TokenRefreshProps) {
    super(scope, id);
    const refresher = new BundledFunction<RefreshEnvironment>(this, 'RefreshToken', {
      context,
      bundle: bundleName('refresh-token', system),
      serves: system,
      description: `Fetches the access token of ${system} (${context.integration})`,
      memoryMb: 256,
      withoutDeadLetters:
        'There is nothing in the call to keep: the next run, or the next delivery, fetches a token anyway.',
      environment: {
        CLIENT_SECRET_ID: readSecret(credentials),
        TOKEN_SECRET_ID: writeSecret(token),
        CALL_TIMEOUT_MS: plain(context.stage.callTimeoutMs),
      },
    });
    this.function = refresher.function;
    this.schedule(system);
  }

  /** The target is bound by hand: the library's own grants every version and alias of the function, too. */
  private schedule(system: string): void {
    const arn = this.function.functionArn;
    const role = new Role(this, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [arn] }));
    const retryPolicy = { maximumRetryAttempts: 3, maximumEventAgeInSeconds: Duration.minutes(10).toSeconds() };
    new Schedule(this, 'Schedule', {
      description: `Replaces the access token of ${system} before it expires`,
      schedule: ScheduleExpression.rate(interval),
      target: { bind: () => ({ arn, role, retryPolicy }) },
    });
  }
}

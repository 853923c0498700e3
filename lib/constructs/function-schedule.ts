import type { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';

export interface FunctionScheduleProps {
  readonly description: string;
  readonly interval: Duration;
  /** How often, and for how long, a call that Lambda did not take is repeated. */
  readonly retry: { readonly attempts: number; readonly maxAge: Duration };
}

/**
 * Calls a function at an interval. The target is bound by hand: the library's own grants every version and alias of the
 * function, too.
 */
export function callOnSchedule(scope: Construct, target: IFunction, props: FunctionScheduleProps): void {
  const arn = target.functionArn;
  const role = new Role(scope, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [arn] }));
  const { attempts: maximumRetryAttempts, maxAge } = props.retry;
  const retryPolicy = { maximumRetryAttempts, maximumEventAgeInSeconds: maxAge.toSeconds() };
  new Schedule(scope, 'Schedule', {
    description: props.description,
    schedule: ScheduleExpression.rate(props.interval),
    target: { bind: () => ({ arn, role, retryPolicy }) },
  });
}

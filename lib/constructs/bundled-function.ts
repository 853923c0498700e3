import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { serviceName, stageName } from '../../functions/contract/names.ts';
import { type Binding, plain } from '../bindings.ts';
import { asNagWrites } from '../nag.ts';
import { functionName } from '../naming.ts';
import type { Stage } from '../stage.ts';

/** What the pipeline's functions have in common. */
export interface FunctionContext {
  readonly stage: Stage;
  readonly integration: string;
  /** The folder that `scripts/bundle.ts` writes: `<integration>/<bundle>/index.mjs` below it. */
  readonly bundles: string;
}

export interface BundledFunctionProps<Environment> {
  readonly context: FunctionContext;
  /** The bundle's folder, and the last part of the function's name: `deliver-event-<flow>`. */
  readonly bundle: string;
  /** The source or flow it serves: `service` of its logs and metrics. */
  readonly serves: string;
  readonly description: string;
  readonly memoryMb: number;
  /** Every variable of the function's schema but Powertools' own and Lambda's, each with the grant it needs. */
  readonly environment: { readonly [Name in Exclude<keyof Environment, `${'POWERTOOLS' | 'AWS'}_${string}`>]: Binding };
  /** Why an invocation that fails needs no dead letter target: a whole sentence, for those who audit the templates. */
  readonly withoutDeadLetters: string;
  /** @default none reserved */
  readonly reservedConcurrency?: number;
}

/** A Lambda function of a prebuilt bundle, with a role and a log group of its own and nothing granted but its bindings. */
export class BundledFunction<Environment> extends Construct {
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: BundledFunctionProps<Environment>) {
    super(scope, id);
    const { stage, integration, bundles } = props.context;
    const name = functionName(stage.name, integration, props.bundle);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${name}`,
      retention: stage.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Of ${name} alone`,
    });
    logGroup.grantWrite(role);
    this.function = new lambda.Function(this, 'Function', {
      functionName: name,
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: bundleCode(join(bundles, integration, props.bundle)),
      memorySize: props.memoryMb,
      timeout: Duration.seconds(stage.functionTimeoutSeconds),
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      // Lambda's own start and report lines of every invocation cost more than our logs do.
      systemLogLevelV2: lambda.SystemLogLevel.WARN,
      tracing: lambda.Tracing.ACTIVE,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.bind('POWERTOOLS_SERVICE_NAME', plain(serviceName(integration, props.serves)));
    this.bind('POWERTOOLS_METRICS_NAMESPACE', plain(stageName(stage.name)));
    const bindings = Object.entries<Binding>(props.environment);
    for (const [variable, binding] of bindings) this.bind(variable, binding);
    this.acknowledge(role, props.withoutDeadLetters);
    for (const resource of bindings.flatMap(([, { wide = [] }]) => wide)) acknowledgeWide(role, resource);
  }

  private bind(variable: string, { value, statements }: Binding): void {
    this.function.addEnvironment(variable, value);
    for (const statement of statements) this.function.addToRolePolicy(statement);
  }

  private acknowledge(role: Role, withoutDeadLetters: string): void {
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray takes no resource for PutTraceSegments and PutTelemetryRecords; every other statement names its own.',
    });
    Validations.of(this.function).acknowledge({ id: 'Serverless::Serverless-LambdaDLQ', reason: withoutDeadLetters });
  }
}

function acknowledgeWide(role: Role, resource: string): void {
  Validations.of(role).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${asNagWrites(resource)}]`,
    reason: 'Objects are made at run time: what may be done with them is granted by the beginning of their keys.',
  });
}

/** @throws {Error} where the bundle is missing: run `node scripts/bundle.ts`, as `cdk` does before every synth. */
function bundleCode(folder: string): lambda.Code {
  if (!existsSync(join(folder, 'index.mjs'))) {
    throw new Error(`No bundle in ${folder}. Build it with 'node scripts/bundle.ts'.`);
  }
  return lambda.Code.fromAsset(folder);
}

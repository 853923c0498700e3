import { Aws, CfnOutput, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { outputName, parkedMetadata, stageName, unsettledIndex } from '../../functions/contract/names.ts';
import type { NamedBucket } from '../bindings.ts';
import { asNagWrites } from '../nag.ts';
import type { Stage } from '../stage.ts';
import type { RotatedSecret } from './rotated-secrets.ts';

export interface OperatorAccessProps {
  readonly stage: Stage;
  /** What the tables and queues are encrypted under. */
  readonly key: IKey;
  readonly stateTable: ITableV2;
  readonly parkedTable: ITableV2;
  /** What operators may replace; a managed policy has room for about 20 of them. */
  readonly rotated: readonly RotatedSecret[];
  readonly dataBucket: NamedBucket;
}

/**
 * Items of the state table, by how their keys begin: `breaker:<integration>:...`. Not among them are the records of what
 * was delivered (`event`), what systems answered (`answers`) and the versions that were applied.
 */
const viewed = ['breaker', 'hold', 'limit', 'token', 'late', 'parked', 'history', 'intent'];
const changed = ['breaker', 'hold', 'park-request', 'parked'];

/**
 * What people may do with a stage, as two managed policies to attach to their roles: a viewer looks (`status`, `trace`,
 * `parked list` and `show` without the message), an operator does all that and acts (`parked release`, `discard`,
 * `erase`, `park`, `pause`, `resume`, `rotate`). Neither can read a message in a queue, nor a secret but the signing
 * secrets of our own making, which an operator hands to their senders.
 */
export class OperatorAccess extends Construct {
  private readonly props: OperatorAccessProps;
  private readonly names: string;

  constructor(scope: Construct, id: string, props: OperatorAccessProps) {
    super(scope, id);
    this.props = props;
    this.names = `${stageName(props.stage.name)}-`;
    const looking = [...this.seeStage(), ...this.readState(), ...this.seeParked()];
    this.policy('viewer', 'May look at everything but the messages, and change nothing', looking);
    const acting = [
      ...this.changeState(),
      ...this.settleParked(),
      ...this.useLargeData(),
      ...this.sendToQueues(),
      ...this.rotateSecrets(),
    ];
    const description = 'May look, and pause, resume, park, release, discard, erase and rotate';
    this.policy('operator', description, [...looking, ...acting]);
  }

  /** Outputs, queues, ages and logs. */
  private seeStage(): PolicyStatement[] {
    const { names } = this;
    return [
      allow(['cloudformation:DescribeStacks'], [arnIn('cloudformation', stackOf(names))]),
      allow(['sqs:GetQueueAttributes'], [arnIn('sqs', queuesOf(names))]),
      allow(['logs:FilterLogEvents'], [arnIn('logs', logsOf(names))]),
      allow(['cloudwatch:GetMetricData', 'logs:DescribeLogGroups'], ['*']),
    ];
  }

  private readState(): PolicyStatement[] {
    const { stateTable } = this.props;
    return [
      allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], [stateTable.tableArn], itemsOf(viewed)),
      this.useKey('dynamodb', ['kms:Decrypt', 'kms:DescribeKey']),
    ];
  }

  /** All but the messages: whoever asks for an item must name what of it, and the body may not be named. */
  private seeParked(): PolicyStatement[] {
    const { parkedTable } = this.props;
    return [
      allow(['dynamodb:Query'], [`${parkedTable.tableArn}/index/${unsettledIndex.name}`]),
      allow(['dynamodb:GetItem', 'dynamodb:Query'], [parkedTable.tableArn], {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...parkedMetadata] },
        StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      }),
    ];
  }

  /** Switches, requests and park lists; and the records by which a discarded event is never delivered. */
  private changeState(): PolicyStatement[] {
    const { stateTable } = this.props;
    const records = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action}`);
    return [
      allow(['dynamodb:PutItem'], [stateTable.tableArn], itemsOf(changed)),
      allow(records, [stateTable.tableArn], itemsOf(['event'])),
      this.useKey('dynamodb', ['kms:Encrypt', 'kms:GenerateDataKey']),
    ];
  }

  private settleParked(): PolicyStatement[] {
    return [allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [this.props.parkedTable.tableArn])];
  }

  /** What the messages of large events lack: shown, and deleted with them. */
  private useLargeData(): PolicyStatement[] {
    const { dataBucket } = this.props;
    return [
      allow(['s3:ListBucket'], [dataBucket.arn]),
      allow(['s3:GetObject', 's3:DeleteObject'], [`${dataBucket.arn}/*`]),
      this.useKey('s3', ['kms:Decrypt']),
    ];
  }

  private sendToQueues(): PolicyStatement[] {
    return [
      allow(['sqs:SendMessage'], [arnIn('sqs', queuesOf(this.names))]),
      this.useKey('sqs', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ];
  }

  /** Each by its own name: an OAuth client's secret, or one that a sender made, is not among them. */
  private rotateSecrets(): PolicyStatement[] {
    const { rotated } = this.props;
    if (rotated.length === 0) return [];
    const arnsOf = (madeBy: RotatedSecret['madeBy']) =>
      rotated.flatMap((each) => (each.madeBy === madeBy ? [each.secret.arn] : []));
    const onSecrets = (action: string, arns: string[]) =>
      arns.length === 0 ? [] : [allow([`secretsmanager:${action}`], arns)];
    const functions = rotated.map(({ functionName }) => arnIn('lambda', `function:${functionName}`));
    return [
      // Its outputs name the functions.
      allow(['cloudformation:DescribeStacks'], [arnIn('cloudformation', pipelineOf(this.names))]),
      allow(['lambda:InvokeFunction'], functions),
      ...onSecrets('PutSecretValue', arnsOf('people')),
      ...onSecrets('GetSecretValue', arnsOf('millrace')),
      this.useKey('secretsmanager', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ];
  }

  private policy(who: 'viewer' | 'operator', description: string, statements: PolicyStatement[]): void {
    const managedPolicyName = `${this.names}${who}`;
    const policy = new ManagedPolicy(this, who, { managedPolicyName, description, statements });
    this.acknowledge(policy);
    const output = new CfnOutput(this, `${who}Output`, { value: policy.managedPolicyArn, description });
    output.overrideLogicalId(outputName(who, 'policy-arn'));
  }

  private acknowledge(policy: ManagedPolicy): void {
    const wide = [
      {
        resource: asNagWrites(`${this.props.dataBucket.arn}/*`),
        reason: 'Objects are made at run time, and an operator settles the events of every flow.',
      },
      {
        resource: '*',
        reason: 'AWS gives GetMetricData and DescribeLogGroups no smaller resource: numbers and names.',
      },
      {
        resource: asNagWrites(arnIn('cloudformation', stackOf(this.names))),
        reason: "CloudFormation ends a stack's ARN by an id of its own.",
      },
      {
        resource: asNagWrites(arnIn('cloudformation', pipelineOf(this.names))),
        reason: "CloudFormation ends a stack's ARN by an id of its own.",
      },
      {
        resource: asNagWrites(arnIn('sqs', queuesOf(this.names))),
        reason: 'A list of all queues would outgrow a policy (6,144 characters); only this stage has names like that.',
      },
      {
        resource: asNagWrites(arnIn('logs', logsOf(this.names))),
        reason:
          'A list of all functions would outgrow a policy (6,144 characters); only this stage has names like that.',
      },
    ];
    for (const { resource, reason } of wide)
      Validations.of(policy.node.findChild('Resource')).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
        reason,
      });
  }

  /** Through one service only: nobody can decrypt anything by themselves. */
  private useKey(service: string, actions: string[]): PolicyStatement {
    const via = { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` } };
    return allow(actions, [this.props.key.keyArn], via);
  }
}

/** Everything in a stage has a name that begins as `names` says. */
const stackOf = (names: string) => `stack/${names}data/*`;
const pipelineOf = (names: string) => `stack/${names}pipeline/*`;
const queuesOf = (names: string) => `${names}*`;
const logsOf = (names: string) => `log-group:/aws/lambda/${names}*`;

function arnIn(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}

function allow(actions: string[], resources: string[], conditions: PolicyStatementProps['conditions'] = {}) {
  return new PolicyStatement({ actions, resources, conditions });
}

function itemsOf(kinds: readonly string[]) {
  return { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => `${kind}:*`) } };
}

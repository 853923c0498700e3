import { Aws, CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import { type CfnEventBus, CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventBusOutput } from '../../functions/contract/names.ts';
import { eventQueueNames } from '../naming.ts';
import { removalOf, type Stage } from '../stage.ts';
import { letEncrypt } from './stage-key.ts';

export interface EventQueueProps {
  readonly stage: Stage;
  readonly key: IKey;
  readonly integration: string;
  readonly system: string;
  readonly partnerSource: string;
  readonly bus: CfnEventBus;
}

/** SQS keeps messages no longer. */
const retentionPeriod = Duration.days(14);

/** What can't be read is given up after half an hour with the default timeout; so long a bad deployment has to be mended. */
const maxReceiveCount = 10;

/** As long, and as often, as EventBridge repeats what a target did not take; those are the most that AWS allows. */
const retryPolicy = { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 };

/**
 * What a system sends by EventBridge waits here: a rule fills the queue, which has no order. It is in the data stack, so
 * that no deployment of code closes the door.
 */
export class EventQueue extends Construct {
  readonly queue: Queue;
  /** What was handed out again and again, and never taken. */
  readonly untaken: Queue;
  /** What EventBridge could not put into the queue. */
  readonly bounced: Queue;
  /** As they stand in alarms, for people to copy. */
  readonly names: ReturnType<typeof eventQueueNames>;

  constructor(scope: Construct, id: string, props: EventQueueProps) {
    super(scope, id);
    const { stage, key, integration, system } = props;
    this.names = eventQueueNames(stage.name, integration, system);
    const common = { enforceSSL: true, retentionPeriod, removalPolicy: removalOf(stage) };
    const encrypted = { ...common, encryption: QueueEncryption.KMS, encryptionMasterKey: key };
    this.untaken = new Queue(this, 'Untaken', { ...encrypted, queueName: this.names.untaken });
    this.queue = new Queue(this, 'Queue', {
      ...encrypted,
      queueName: this.names.queue,
      visibilityTimeout: Duration.seconds(6 * stage.functionTimeoutSeconds),
      deadLetterQueue: { queue: this.untaken, maxReceiveCount },
    });
    // Not under our key: an event that bounced since the key can't be used must not be lost for the same reason.
    const encryption = QueueEncryption.SQS_MANAGED;
    this.bounced = new Queue(this, 'Bounced', { ...common, encryption, queueName: this.names.bounced });
    this.acknowledge();
    this.fill(props);
    new CfnOutput(this, 'EventBus', {
      value: props.bus.ref,
      description: `The event bus that ${system} sends to (${integration})`,
    }).overrideLogicalId(eventBusOutput(integration, system));
  }

  private fill({ key, integration, system, partnerSource, bus, stage }: EventQueueProps): void {
    const rule = new CfnRule(this, 'Rule', {
      description: `Queues what ${system} sends (${integration})`,
      eventBusName: bus.ref,
      eventPattern: { source: [partnerSource], account: [Aws.ACCOUNT_ID] },
      targets: [
        { id: 'queue', arn: this.queue.queueArn, deadLetterConfig: { arn: this.bounced.queueArn }, retryPolicy },
      ],
    });
    rule.applyRemovalPolicy(removalOf(stage));
    for (const queue of [this.queue, this.bounced]) {
      queue.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        }),
      );
    }
    letEncrypt(key, 'events.amazonaws.com');
  }

  private acknowledge(): void {
    const reason = 'It is where events end that nobody could take: an alarm tells of each, and people move them back.';
    for (const queue of [this.untaken, this.bounced])
      Validations.of(queue).acknowledge({ id: 'Serverless::Serverless-SQSRedrivePolicy', reason });
    Validations.of(this.bounced).acknowledge({ id: 'AwsSolutions::AwsSolutions-SQS3', reason });
  }
}

import { CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLettersUrlOutput, queueUrlOutput } from '../../functions/contract/names.ts';
import { deadLetterQueueName, queueName } from '../naming.ts';
import { removalOf, type Stage } from '../stage.ts';

export interface FlowQueueProps {
  readonly stage: Stage;
  readonly key: IKey;
  readonly integration: string;
  readonly flow: string;
}

/** SQS keeps messages no longer. */
const retentionPeriod = Duration.days(14);

/**
 * The last net only: deliver-event parks dead letters itself, with their reason. A low number would park innocent
 * events, since every message of a batch counts a receive when one of them fails.
 */
const maxReceiveCount = 1000;

/** A flow's queue, in which events of one record keep their order, and the queue of what leaves it undelivered. */
export class FlowQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** As they stand in alarms, for people to copy. */
  readonly names: { readonly queue: string; readonly deadLetters: string };

  constructor(scope: Construct, id: string, { stage, key, integration, flow }: FlowQueueProps) {
    super(scope, id);
    const common: QueueProps = {
      fifo: true,
      // High throughput: the limits, and deduplication, hold per record instead of for the whole queue.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod,
      // Six times, as Lambda asks: a throttled batch is retried before its messages become visible again.
      visibilityTimeout: Duration.seconds(6 * stage.functionTimeoutSeconds),
      removalPolicy: removalOf(stage),
    };
    this.names = {
      queue: queueName(stage.name, integration, flow),
      deadLetters: deadLetterQueueName(stage.name, integration, flow),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...common, queueName: this.names.deadLetters });
    Validations.of(this.deadLetters).acknowledge({
      id: 'Serverless::Serverless-SQSRedrivePolicy',
      reason:
        'What park-dead-letter can not move waits here for 14 days, and AgingDeadLetters tells: a queue behind it would hide it.',
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: this.names.queue,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
    new CfnOutput(this, 'QueueUrl', {
      value: this.queue.queueUrl,
      description: `Events of ${integration}/${flow}: released ones come back here`,
    }).overrideLogicalId(queueUrlOutput(integration, flow));
    new CfnOutput(this, 'DeadLettersUrl', {
      value: this.deadLetters.queueUrl,
      description: `Dead letters of ${integration}/${flow}, on their way to be parked`,
    }).overrideLogicalId(deadLettersUrlOutput(integration, flow));
  }
}

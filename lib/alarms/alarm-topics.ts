import { Aws, CfnOutput } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { stageName } from '../../functions/contract/names.ts';
import { removalOf, type Stage } from '../stage.ts';

/** `critical`: somebody must act now. `warning`: somebody should look today. */
export type AlarmLevel = 'warning' | 'critical';

export interface AlarmTopicsProps {
  readonly stage: Stage;
  readonly key: IKey;
}

/** One topic a level: people subscribe to them, alarms publish to them. */
export class AlarmTopics extends Construct {
  readonly warning: Topic;
  readonly critical: Topic;

  constructor(scope: Construct, id: string, props: AlarmTopicsProps) {
    super(scope, id);
    this.warning = this.topic('warning', props);
    this.critical = this.topic('critical', props);
  }

  private topic(level: AlarmLevel, { stage, key }: AlarmTopicsProps): Topic {
    const topicName = `${stageName(stage.name)}-${level}`;
    const topic = new Topic(this, level, { topicName, masterKey: key, enforceSSL: true });
    topic.applyRemovalPolicy(removalOf(stage));
    // A topic with a policy of its own loses the default one, under which the account's alarms may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const output = new CfnOutput(this, `${level}Topic`, {
      value: topic.topicArn,
      description: `Alarms of level '${level}' are published here: subscribe whoever must hear of them`,
    });
    output.overrideLogicalId(level === 'warning' ? 'WarningTopicArn' : 'CriticalTopicArn');
    return topic;
  }
}

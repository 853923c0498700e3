import { Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { EventDelivery } from './constructs/event-delivery.ts';
import { PartnerBus } from './constructs/partner-buses.ts';

/** One thing that the emulator does otherwise than AWS, so that a deployment or a run would fail. */
interface Difference {
  /** What the emulator says, and which version says so: look again when it is raised. */
  readonly reason: string;
  /** Changes the construct, where the difference concerns it. */
  adapt(construct: IConstruct): void;
}

/** All that differs between what is deployed to AWS and to the emulator. */
const differences: readonly Difference[] = [
  {
    reason: 'MiniStack 1.5.33: "AWS::CloudWatch::Alarm Properties.Metrics (metric math) is not supported".',
    adapt: (construct) => {
      if (!(construct instanceof Alarm && construct.metric instanceof MathExpression)) return;
      construct.node.scope?.node.tryRemoveChild(construct.node.id);
    },
  },
  {
    reason: 'MiniStack 1.5.33 checks batch calls under names of their own; on AWS the single call covers its batch.',
    adapt: (construct) => {
      if (!(construct instanceof EventDelivery)) return;
      const actions = ['sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch'];
      const resources = [construct.queue.queue.queueArn];
      construct.function.addToRolePolicy(new PolicyStatement({ actions, resources }));
    },
  },
  {
    reason:
      'MiniStack 1.5.33 has no partner event sources, and refuses PutEvents in the name of one: a bus of our own takes its place.',
    adapt: (construct) => {
      if (!(construct instanceof PartnerBus)) return;
      construct.bus.eventSourceName = undefined;
      // Names of buses that are no partner's have no slash.
      construct.bus.name = construct.bus.name.replaceAll('/', '-');
    },
  },
  {
    reason:
      "MiniStack 1.5.33: the function that empties a bucket before it is deleted hangs, since Lambda's own SDK is missing there; it deletes a bucket with all that is in it.",
    adapt: (construct) => {
      if (construct instanceof Bucket) construct.node.tryRemoveChild('AutoDeleteObjectsCustomResource');
    },
  },
];

/** Adapts a tree that will be deployed to the emulator. */
export function adaptToEmulator(root: IConstruct): void {
  for (const construct of root.node.findAll()) {
    for (const difference of differences) difference.adapt(construct);
  }
}

import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { stageName } from '../../functions/contract/names.ts';
import { removalOf, type Stage } from '../stage.ts';

/** The stage's one key: queues, tables, the bucket, secrets and topics are encrypted under it. */
export class StageKey extends Key {
  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id, {
      alias: stageName(stage.name),
      description: `Encrypts what ${stageName(stage.name)} keeps: queues, tables, bucket, secrets, alarm topics`,
      enableKeyRotation: true,
      removalPolicy: removalOf(stage),
    });
    // An alarm that may not use the key is never delivered, and nothing says so.
    letEncrypt(this, 'cloudwatch.amazonaws.com');
  }
}

/** Lets a service of AWS put encrypted messages into this account's queues and topics. */
export function letEncrypt(key: IKey, service: 'cloudwatch.amazonaws.com' | 'events.amazonaws.com'): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(service)],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
}

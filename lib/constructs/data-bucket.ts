import { Aws, Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { dataKeptDays } from '../../functions/contract/large-data.ts';
import { stageName } from '../../functions/contract/names.ts';
import type { NamedBucket } from '../bindings.ts';
import { removalOf, type Stage } from '../stage.ts';

export interface DataBucketProps {
  readonly stage: Stage;
  readonly key: IKey;
}

/**
 * The data of events whose messages are too small for it. Without versions: a key ends in the hash of what is there, so
 * that nothing is ever written over, and what is erased must be gone.
 */
export class DataBucket extends Construct {
  /** By its name: S3 has each only once in the world, so it ends in account and region. */
  readonly named: NamedBucket;

  constructor(scope: Construct, id: string, { stage, key }: DataBucketProps) {
    super(scope, id);
    const name = `${stageName(stage.name)}-data-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: name,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      // Or each object is a call to KMS, which costs more than the object.
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        {
          id: 'events',
          prefix: 'events/',
          expiration: Duration.days(dataKeptDays.events),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        { id: 'parked', prefix: 'parked/', expiration: Duration.days(dataKeptDays.parked) },
      ],
      removalPolicy: removalOf(stage),
      // CloudFormation deletes no bucket that holds something.
      autoDeleteObjects: stage.statefulResources === 'destroy',
    });
    this.named = { name, arn: `arn:${Aws.PARTITION}:s3:::${name}`, key };
    Validations.of(bucket.node.findChild('Resource')).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'A second bucket of access logs would outlive what it tells of; keys hold no ids, and CloudTrail tells who read.',
    });
  }
}

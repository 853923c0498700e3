import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import { synthesise } from './support/synthesise.ts';

const { data } = synthesise();
const retained = synthesise(stageNamed('prod')).data;

describe('the queue of a flow', () => {
  const queueName = 'millrace-dev-shop-ledger-buyer-to-account.fifo';

  it('is FIFO in high-throughput mode, encrypted, and keeps messages 14 days', () => {
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: queueName,
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      KmsMasterKeyId: Match.anyValue(),
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  it('hides messages for six times the timeout of its function', () => {
    data.hasResourceProperties('AWS::SQS::Queue', { QueueName: queueName, VisibilityTimeout: 6 * 30 });
    const local = synthesise(stageNamed('local')).data;

    local.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 6 * 5 });
  });

  it('ends in a FIFO queue of dead letters, which deliveries fill long before the native limit does', () => {
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: queueName,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 1000 }),
    });
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'millrace-dev-shop-ledger-buyer-to-account-dead-letters.fifo',
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      // park-dead-letter is a Lambda function like any other.
      VisibilityTimeout: 6 * 30,
      RedrivePolicy: Match.absent(),
    });
  });

  it('tells its address, and that of its dead letters: released events come back here', () => {
    data.hasOutput('QueueUrlShopLedgerBuyerToAccount', { Value: Match.anyValue() });
    data.hasOutput('DeadLettersUrlShopLedgerBuyerToAccount', { Value: Match.anyValue() });
  });
});

describe('the state table', () => {
  it('forgets what expired, can be restored to any second, and is encrypted with our key', () => {
    data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
  });
});

describe('the table of parked events', () => {
  const [table] = Object.values(
    data.findResources('AWS::DynamoDB::GlobalTable', {
      Properties: { KeySchema: Match.arrayWith([{ AttributeName: 'sk', KeyType: 'RANGE' }]) },
    }),
  );

  it('forgets what expired, can be restored to any second, and is encrypted with our key', () => {
    expect(table?.Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
  });

  it('lists what is not settled by its age, and shows no body there', () => {
    const [index, ...others] = table?.Properties.GlobalSecondaryIndexes ?? [];

    expect(others).toEqual([]);
    expect(index).toMatchObject({
      IndexName: 'unsettled',
      KeySchema: [
        { AttributeName: 'unsettled', KeyType: 'HASH' },
        { AttributeName: 'parkedMs', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE' },
    });
    expect(index.Projection.NonKeyAttributes).not.toContain('body');
  });
});

describe('the bucket of large data', () => {
  const properties = (of = data) => Object.values(of.findResources('AWS::S3::Bucket')).map((each) => each.Properties);

  it('is encrypted with our key, of nobody else and for nobody else, and keeps one version', () => {
    const [bucket, ...others] = properties();

    expect(others).toEqual([]);
    expect(bucket).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(bucket?.VersioningConfiguration).toBeUndefined();
    data.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('keeps data longer than queues keep messages, and that of parked events for over a year', () => {
    const rules = properties()[0]?.LifecycleConfiguration.Rules;

    expect(rules).toMatchObject([
      { Prefix: 'events/', ExpirationInDays: 30, Status: 'Enabled' },
      { Prefix: 'parked/', ExpirationInDays: 400, Status: 'Enabled' },
    ]);
  });

  it('goes with its stage, and all that is in it, or stays', () => {
    const removed = data.findResources('Custom::S3AutoDeleteObjects');
    const kept = Object.values(retained.findResources('AWS::S3::Bucket'));

    expect(Object.keys(removed)).toHaveLength(1);
    expect(kept).toMatchObject([{ DeletionPolicy: 'Retain' }]);
    expect(retained.findResources('Custom::S3AutoDeleteObjects')).toEqual({});
  });
});

it.each(['StateTableName', 'ParkedTableName', 'DataBucketName'])('tells the %s: the commands look for it', (output) => {
  data.hasOutput(output, { Value: Match.anyValue() });
});

it('tells how often systems may be called, in this stage: the commands look for it', () => {
  const limits = { shop: { perSecond: { rate: 7, burst: 7 } } };
  const output = synthesise({ ...stageNamed('dev'), limits }).data.findOutputs('LimitsShopLedger');

  expect(JSON.parse(output.LimitsShopLedger?.Value)).toMatchObject(limits);
});

describe('the secrets of a system', () => {
  it('are those it needs, under the names that npm start and the README fill', () => {
    const names = Object.values(data.findResources('AWS::SecretsManager::Secret')).map((s) => s.Properties.Name);

    expect(names).toEqual([
      'millrace-dev/shop-ledger/shop/webhook',
      'millrace-dev/shop-ledger/shop/credentials',
      'millrace-dev/shop-ledger/ledger/webhook',
      'millrace-dev/shop-ledger/ledger/credentials',
      'millrace-dev/shop-ledger/ledger/token',
    ]);
  });

  it('are empty: no value passes through a template, and none is generated', () => {
    data.allResourcesProperties('AWS::SecretsManager::Secret', {
      SecretString: Match.absent(),
      GenerateSecretString: Match.absent(),
      KmsKeyId: Match.anyValue(),
    });
  });
});

describe('what a stack leaves behind', () => {
  const stateful = [
    'AWS::SQS::Queue',
    'AWS::DynamoDB::GlobalTable',
    'AWS::SecretsManager::Secret',
    'AWS::SNS::Topic',
    'AWS::KMS::Key',
  ];

  it.each(stateful)('is everything of %s in prod, and nothing in dev', (type) => {
    retained.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    data.allResources(type, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});

it('keeps the logical ids of what holds data: another id is another, empty resource', () => {
  const pinned = ['AWS::SQS::Queue', 'AWS::DynamoDB::GlobalTable', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key'];

  expect(pinned.flatMap((type) => Object.keys(data.findResources(type)))).toEqual([
    'shopledgerbuyertoaccountqueueDeadLetters1ED793D5',
    'shopledgerbuyertoaccountqueueQueue6018A406',
    'shopledgeraccounttobuyerqueueDeadLettersF310A475',
    'shopledgeraccounttobuyerqueueQueue68C62AA9',
    'StateTable9728C7E5',
    'ParkedTableFC8B552D',
    'shopledgershopsecretswebhookADD8CF1C',
    'shopledgershopsecretscredentials27911235',
    'shopledgerledgersecretswebhook0BBCBD2A',
    'shopledgerledgersecretscredentials24848732',
    'shopledgerledgersecretstokenFE997BF5',
    'Key961B73FD',
  ]);
});

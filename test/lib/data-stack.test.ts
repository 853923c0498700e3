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

  it('ends in a FIFO queue of dead letters, which parking fills long before the native limit does', () => {
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: queueName,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 1000 }),
    });
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'millrace-dev-shop-ledger-buyer-to-account-dead-letters.fifo',
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      RedrivePolicy: Match.absent(),
    });
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

it('tells the name of the state table: millrace pause and resume look for it', () => {
  data.hasOutput('StateTableName', { Value: Match.anyValue() });
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
    'shopledgershopsecretswebhookADD8CF1C',
    'shopledgershopsecretscredentials27911235',
    'shopledgerledgersecretswebhook0BBCBD2A',
    'shopledgerledgersecretscredentials24848732',
    'shopledgerledgersecretstokenFE997BF5',
    'Key961B73FD',
  ]);
});

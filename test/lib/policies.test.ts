import { describe, expect, it } from 'vitest';
import { type Statement, statementsOf } from './support/policies.ts';
import { synthesise } from './support/synthesise.ts';

const { data, pipeline } = synthesise();
const roles = statementsOf(pipeline).roles;
const resourcePolicies = statementsOf(data).resources;

/** Resources `*`: only what AWS gives no resource to. */
const withoutResource = new Set(['xray:PutTelemetryRecords', 'xray:PutTraceSegments']);

const of = (part: string) => roles.filter((statement) => statement.policy.toLowerCase().includes(part));
const resourcesOf = (statements: Statement[], action: string) =>
  statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
const actionsOn = (statements: Statement[], resource: string) =>
  statements
    .filter(({ resources }) => resources.some((each) => each.includes(resource)))
    .flatMap(({ actions }) => actions)
    .toSorted();
const secretsOf = (statements: Statement[], action = 'secretsmanager:GetSecretValue') =>
  resourcesOf(statements, action).map((arn) => arn.replace(/^.*:secret:/, ''));

const consuming = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

describe('the roles of the functions', () => {
  it('see that there are some', () => {
    expect(new Set(roles.map(({ policy }) => policy)).size).toBe(11);
  });

  it('have no action with a wildcard', () => {
    const actions = [...roles, ...resourcePolicies.filter(({ effect }) => effect === 'Allow')].flatMap(
      (s) => s.actions,
    );

    // A key's own policy must let the account's administrators manage it, whatever that will be called. The others are
    // the CDK's own, for its function that empties the bucket of a stage that is destroyed.
    const emptying = ['s3:DeleteObject*', 's3:GetBucket*', 's3:List*'];
    expect(actions.filter((action) => action.includes('*'))).toEqual(['kms:*', ...emptying]);
  });

  it('have no resource with a wildcard but where AWS has none to name, and for objects of their own flows', () => {
    const wild = roles.filter(({ resources }) => resources.some((resource) => resource.includes('*')));
    const objects = wild.flatMap(({ actions }) => actions).filter((action) => !withoutResource.has(action));

    expect(new Set(objects)).toEqual(new Set(['s3:PutObject', 's3:GetObject']));
    const ofObjects = wild.filter(({ actions }) => actions.some((action) => action.startsWith('s3:')));
    for (const { resources } of ofObjects) {
      for (const each of resources) expect(each).toMatch(/\/(events|parked)\/shop-ledger\/([a-z-]+\/)?\*$/);
    }
    expect(wild.length - ofObjects.length).toBe(9);
  });

  it('let a receiver put large data, a delivery read it, and parking keep it', () => {
    const objects = (part: string, action: string) =>
      resourcesOf(of(part), action).map((arn) => arn.replace(/^.*?\/(?=events|parked)/, ''));

    expect(objects('shopreceiver', 's3:PutObject')).toEqual(['events/shop-ledger/buyer-to-account/*']);
    expect(objects('shopreceiver', 's3:GetObject')).toEqual([]);
    expect(objects('buyertoaccountdelivery', 's3:GetObject')).toEqual([
      'events/shop-ledger/buyer-to-account/*',
      'parked/shop-ledger/buyer-to-account/*',
    ]);
    expect(objects('buyertoaccountdelivery', 's3:PutObject')).toEqual([]);
    expect(objects('parkdeadletter', 's3:GetObject')).toEqual(['events/shop-ledger/*']);
    expect(objects('parkdeadletter', 's3:PutObject')).toEqual(['parked/shop-ledger/*']);
    expect(resourcesOf(roles, 's3:DeleteObject')).toEqual([]);
  });

  it('let a receiver read its own signing secret and send to its own queues', () => {
    const shop = of('shopreceiver');

    expect(secretsOf(shop)).toEqual(['millrace-dev/shop-ledger/shop/webhook-??????']);
    expect(resourcesOf(shop, 'sqs:SendMessage')).toEqual([expect.stringContaining('buyertoaccountqueueQueue')]);
    expect(resourcesOf(shop, 'dynamodb:PutItem')).toEqual([]);
    expect(resourcesOf(shop, 'lambda:InvokeFunction')).toEqual([]);
  });

  it('let a delivery use its own queue and what its connectors sign in with, and no client secret', () => {
    const delivery = of('buyertoaccountdelivery');

    expect(resourcesOf(delivery, 'sqs:ReceiveMessage')).toEqual([expect.stringContaining('buyertoaccountqueueQueue')]);
    expect(resourcesOf(delivery, 'sqs:SendMessage').toSorted()).toEqual([
      expect.stringContaining('buyertoaccountqueueDeadLetters'),
      expect.stringContaining('buyertoaccountqueueQueue'),
    ]);
    expect(secretsOf(delivery).sort()).toEqual([
      'millrace-dev/shop-ledger/ledger/token-??????',
      'millrace-dev/shop-ledger/shop/credentials-??????',
    ]);
    expect(resourcesOf(delivery, 'lambda:InvokeFunction')).toEqual([
      expect.stringContaining('ledgertokenRefreshToken'),
    ]);
    expect(actionsOn(delivery, 'StateTable')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ]);
    expect(actionsOn(delivery, 'ParkedTable')).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    expect(actionsOn(delivery, 'buyertoaccountqueueQueue')).toEqual([...consuming, 'sqs:SendMessage']);
    expect(actionsOn(delivery, 'buyertoaccountqueueDeadLetters')).toEqual(['sqs:SendMessage']);
  });

  it('let parking empty the queues of dead letters, fill the parked table, and release what a halted record is due', () => {
    const parking = of('parkdeadletter');

    expect(actionsOn(parking, 'ParkedTable')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']);
    expect(actionsOn(parking, 'StateTable')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem']);
    for (const flow of ['buyertoaccount', 'accounttobuyer']) {
      expect(actionsOn(parking, `${flow}queueDeadLetters`)).toEqual(consuming);
      expect(actionsOn(parking, `${flow}queueQueue`)).toEqual(['sqs:SendMessage']);
    }
    expect(secretsOf(parking)).toEqual([]);
  });

  it('let the watch read single items of the state table, ask the index of what is parked, and nothing else', () => {
    const watch = of('watchhealth').filter(({ actions }) => !actions.some((action) => withoutResource.has(action)));
    const actions = watch.flatMap((statement) => statement.actions);

    expect(actions.filter((action) => !action.startsWith('logs:')).sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:DescribeKey',
      'lambda:InvokeFunction',
    ]);
    expect(resourcesOf(watch, 'dynamodb:GetItem')).toEqual([expect.stringContaining('StateTable')]);
    expect(resourcesOf(watch, 'dynamodb:Query')).toEqual([expect.stringMatching(/ParkedTable.*\/index\/unsettled$/)]);
    expect(resourcesOf(watch, 'lambda:InvokeFunction')).toEqual([expect.stringContaining('WatchHealth')]);
  });

  it('let rotate-secret say which version of the API key is in force, and make none', () => {
    const rotation = of('rotatesecret');
    const actions = ['DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage'];

    expect(actionsOn(rotation, ':secret:')).toEqual(actions.map((action) => `secretsmanager:${action}`));
    expect(secretsOf(rotation)).toEqual(['millrace-dev/shop-ledger/shop/credentials-??????']);
    expect(actionsOn(rotation, 'StateTable')).toEqual([]);
    expect(resourcesOf(roles, 'secretsmanager:UpdateSecretVersionStage')).toHaveLength(2);
  });

  it('let rotate-webhook-secret make the signing secret that is ours to make, and touch no other', () => {
    const rotation = of('rotatewebhooksecret');
    const actions = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];

    expect(actionsOn(rotation, ':secret:')).toEqual(actions.map((action) => `secretsmanager:${action}`));
    expect(secretsOf(rotation)).toEqual(['millrace-dev/shop-ledger/ledger/webhook-??????']);
    expect(actionsOn(rotation, 'StateTable')).toEqual([]);
  });

  it('let refresh-token alone read the client secret, write the token, and agree on that in the state table', () => {
    const readers = roles.filter((statement) => secretsOf([statement]).join().includes('ledger/credentials'));

    expect(new Set(readers.map(({ policy }) => policy)).size).toBe(1);
    expect(secretsOf(of('refreshtoken'))).toEqual(['millrace-dev/shop-ledger/ledger/credentials-??????']);
    expect(secretsOf(of('refreshtoken'), 'secretsmanager:PutSecretValue')).toEqual([
      'millrace-dev/shop-ledger/ledger/token-??????',
    ]);
    expect(actionsOn(of('refreshtoken'), 'StateTable')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem']);
  });
});

describe('the policies of the resources', () => {
  it('refuse queues, topics and the bucket to whoever comes without TLS, or an old one', () => {
    const denials = resourcePolicies.filter(({ effect }) => effect === 'Deny');

    expect(denials.map(({ policy }) => policy)).toHaveLength(4 + 2 + 2);
  });

  it('let CloudWatch, and nobody else, publish to the topics', () => {
    const publishers = resourcePolicies.filter((s) => s.effect === 'Allow' && s.actions.includes('sns:Publish'));

    expect(publishers.map(({ principals }) => principals)).toEqual(Array(2).fill('cloudwatch.amazonaws.com'));
  });
});

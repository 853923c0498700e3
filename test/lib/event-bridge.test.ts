import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import { parseEnvironment, receiveEventEnvironment } from '../../functions/contract/environment.ts';
import { bridged, bridgedShop, bridgedStage, partnerSource } from './support/bridged.ts';
import { shopLedger } from './support/fixture-integration.ts';
import { flatten, statementsOf } from './support/policies.ts';
import { synthesise } from './support/synthesise.ts';

const { data, pipeline, report } = bridged;
const fortnight = 14 * 24 * 60 * 60;
const base = 'millrace-dev-shop-ledger-shop-events';
const statements = statementsOf(data).resources;
const idOf = (queueName: string) =>
  Object.keys(data.findResources('AWS::SQS::Queue', { Properties: { QueueName: queueName } }))[0]!;

describe('the bus', () => {
  it('is that of the partner event source: its name is the same, as AWS asks', () => {
    data.hasResourceProperties('AWS::Events::EventBus', { Name: partnerSource, EventSourceName: partnerSource });
    data.hasOutput('EventBusShopLedgerShop', { Value: Match.anyValue() });
  });

  it('is one, whichever integrations take its events', () => {
    const other = { ...bridgedShop, name: 'shop-copy' };
    const both = synthesise(bridgedStage(), [bridgedShop, other]).data;

    both.resourceCountIs('AWS::Events::EventBus', 1);
    both.resourceCountIs('AWS::Events::Rule', 2);
  });

  it('outlives its stack where events matter, and so do rule and queues', () => {
    const retained = synthesise({ ...bridgedStage('prod') }, [bridgedShop]).data;

    for (const type of ['AWS::Events::EventBus', 'AWS::Events::Rule', 'AWS::SQS::Queue'])
      for (const resource of Object.values(retained.findResources(type)))
        expect(resource.DeletionPolicy).toBe('Retain');
  });

  it('is a plain one on an emulator, which has no partners', () => {
    const stage = { ...stageNamed('local'), partnerSources: { shop: 'local.partner/shop' } };
    const local = synthesise(stage, [bridgedShop]).data;

    local.hasResourceProperties('AWS::Events::EventBus', {
      Name: 'local.partner-shop',
      EventSourceName: Match.absent(),
    });
    local.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: ['local.partner/shop'] } });
  });
});

describe('the rule', () => {
  it("queues what is the source's own and this account's, and repeats for as long as it may", () => {
    data.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: [partnerSource], account: [{ Ref: 'AWS::AccountId' }] },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [idOf(base), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [idOf(`${base}-bounced`), 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: 24 * 60 * 60, MaximumRetryAttempts: 185 },
        },
      ],
    });
  });

  it('alone may put messages into its two queues', () => {
    const allowed = statements.filter(
      ({ effect, actions }) => effect === 'Allow' && actions.includes('sqs:SendMessage'),
    );

    expect(allowed.map(({ resources }) => resources.join())).toEqual([
      expect.stringContaining(idOf(base)),
      expect.stringContaining(idOf(`${base}-bounced`)),
    ]);
    for (const { principals } of allowed) expect(principals).toBe('events.amazonaws.com');
    const policies = Object.values(data.findResources('AWS::SQS::QueuePolicy')).map((each) => JSON.stringify(each));
    expect(
      policies.filter((text) => /"aws:SourceArn":\{"Fn::GetAtt":\["\w*Rule\w*","Arn"\]\}/.test(text)),
    ).toHaveLength(2);
  });

  it('may use the key that the queue is encrypted under', () => {
    const users = statements.filter(({ actions }) => actions.join() === 'kms:Decrypt,kms:GenerateDataKey');

    expect(users.map(({ principals }) => principals).join()).toContain('events.amazonaws.com');
    expect(JSON.stringify(synthesise().data.findResources('AWS::KMS::Key'))).not.toContain('events.amazonaws.com');
  });
});

describe('the queues', () => {
  it('are standard ones that keep what they have for 14 days', () => {
    for (const QueueName of [base, `${base}-untaken`, `${base}-bounced`])
      data.hasResourceProperties('AWS::SQS::Queue', {
        QueueName,
        FifoQueue: Match.absent(),
        MessageRetentionPeriod: fortnight,
      });
  });

  it('hand over what is not taken ten times, six timeouts apart, to one that people look into', () => {
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: base,
      KmsMasterKeyId: Match.anyValue(),
      VisibilityTimeout: 6 * 30,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [idOf(`${base}-untaken`), 'Arn'] }, maxReceiveCount: 10 },
    });
  });

  it('keep what bounced under another key: it may have bounced for want of ours', () => {
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: `${base}-bounced`,
      KmsMasterKeyId: Match.absent(),
      SqsManagedSseEnabled: true,
    });
  });
});

describe('the function', () => {
  const name = 'millrace-dev-shop-ledger-receive-event-shop';

  it('is given what its handler reads', () => {
    const [found] = Object.values(
      pipeline.findResources('AWS::Lambda::Function', { Properties: { FunctionName: name } }),
    );
    const variables = Object.entries<unknown>(found?.Properties.Environment.Variables);
    const environment = Object.fromEntries(variables.map(([key, value]) => [key, flatten(value)]));

    expect(Object.keys(environment).sort()).toEqual(Object.keys(receiveEventEnvironment.entries).sort());
    expect(() => parseEnvironment(receiveEventEnvironment, environment)).not.toThrow();
  });

  it('is called with batches, and answers for each message', () => {
    const mappings = Object.values(pipeline.findResources('AWS::Lambda::EventSourceMapping'));
    const [own] = mappings.filter(({ Properties }) => flatten(Properties.EventSourceArn).includes('shopeventsQueue'));

    expect(own?.Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  it('may take from its queue, send to the flows of its system, and nothing else', () => {
    const own = statementsOf(pipeline).roles.filter(({ policy }) => policy.toLowerCase().includes('shopeventreceiver'));
    const on = (action: string) =>
      own.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);

    expect(on('sqs:ReceiveMessage')).toEqual([expect.stringContaining('shopeventsQueue')]);
    expect(on('sqs:SendMessage')).toEqual([expect.stringContaining('buyertoaccountqueueQueue')]);
    expect(own.flatMap(({ actions }) => actions).filter((action) => /secret|dynamodb|lambda/.test(action))).toEqual([]);
  });
});

describe('the alarms', () => {
  const alarms = Object.values(pipeline.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  const own = alarms.filter(({ AlarmName }) => AlarmName.includes('/EventReceiver-shop-ledger-shop/'));
  const queueOf = (symptom: string) =>
    flatten(own.find(({ AlarmName }) => AlarmName.endsWith(`/${symptom}`))?.Dimensions?.[0].Value);

  it('are one for each way in which an event may stay away', () => {
    expect(own.map(({ AlarmName }) => AlarmName.split('/').at(-1)).sort()).toEqual([
      'BouncedEvents',
      'QueueDepth',
      'QuietSource',
      'StuckMessages',
      'UntakenEvents',
      'WaitingMessages',
    ]);
  });

  it.each([
    ['BouncedEvents', 'shopeventsBounced'],
    ['UntakenEvents', 'shopeventsUntaken'],
  ])('%s is critical as soon as anything is in its queue', (symptom, queue) => {
    const [alarm] = own.filter(({ AlarmName }) => AlarmName.endsWith(`/${symptom}`));

    expect(alarm).toMatchObject({
      Threshold: 0,
      MetricName: 'ApproximateNumberOfMessagesVisible',
      EvaluationPeriods: 1,
    });
    expect(flatten(alarm?.AlarmActions)).toContain('AlarmTopicscritical');
    expect(queueOf(symptom)).toContain(queue);
  });

  it('QuietSource waits as long as the bridge says', () => {
    const [alarm] = own.filter(({ AlarmName }) => AlarmName.endsWith('/QuietSource'));

    expect(alarm).toMatchObject({ MetricName: 'EventBridged', Period: 3600, EvaluationPeriods: 3 });
  });

  it('of the age say nothing of order, which this queue has not', () => {
    for (const { AlarmDescription } of own) expect(AlarmDescription).not.toContain('waits behind it');
  });
});

it('is clean by cdk-nag', () => {
  expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
});

describe('without a partner event source', () => {
  const closed = synthesise(stageNamed('dev'), [bridgedShop]);
  const plain = synthesise(stageNamed('dev'), [shopLedger]);

  it('a bridge costs nothing: no bus, no queue, no function', () => {
    expect(closed.data.toJSON().Resources).toEqual(plain.data.toJSON().Resources);
    expect(Object.keys(closed.pipeline.toJSON().Resources)).toEqual(Object.keys(plain.pipeline.toJSON().Resources));
  });
});

import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import {
  deliverEnvironment,
  parkEnvironment,
  parseEnvironment,
  receiveEnvironment,
  refreshEnvironment,
  rotateEnvironment,
  rotateWebhookEnvironment,
  watchEnvironment,
} from '../../functions/contract/environment.ts';
import { defaultPolicies } from '../../functions/specification/policies.ts';
import { flatten } from './support/policies.ts';
import { synthesise } from './support/synthesise.ts';

const { pipeline } = synthesise();
const functions = pipeline.findResources('AWS::Lambda::Function');

/** A function's variables, with names for references; whatever the schema doesn't know is an error. */
function environmentOf(name: string): Record<string, string> {
  const found = Object.values(functions).find(({ Properties }) => Properties.FunctionName === name);
  if (!found) throw new Error(`No function ${name}`);
  const variables: Record<string, unknown> = found.Properties.Environment.Variables;
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, flatten(value)]));
}

const schemas = [
  ['millrace-dev-shop-ledger-receive-webhook-shop', receiveEnvironment],
  ['millrace-dev-shop-ledger-deliver-event-account-to-buyer', deliverEnvironment],
  ['millrace-dev-shop-ledger-refresh-token-ledger', refreshEnvironment],
  ['millrace-dev-shop-ledger-park-dead-letter', parkEnvironment],
  ['millrace-dev-shop-ledger-rotate-secret-shop', rotateEnvironment],
  ['millrace-dev-shop-ledger-rotate-webhook-secret-ledger', rotateWebhookEnvironment],
  ['millrace-dev-shop-ledger-watch-health', watchEnvironment],
] as const;

describe('every function', () => {
  it('runs Node 24 on arm64, with JSON logs in a group of its own, traced', () => {
    pipeline.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: Match.objectLike({ LogFormat: 'JSON', LogGroup: Match.anyValue() }),
      TracingConfig: { Mode: 'Active' },
      Timeout: 30,
    });
    for (const { Properties } of Object.values(functions)) {
      pipeline.hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: `/aws/lambda/${Properties.FunctionName}`,
        RetentionInDays: 14,
      });
    }
  });

  it.each(schemas)('%s is given exactly what its handler reads', (name, schema) => {
    const environment = environmentOf(name);

    // What begins so Lambda itself sets, or nobody.
    const read = Object.keys(schema.entries).filter((variable) => !variable.startsWith('AWS_'));
    expect(Object.keys(environment).sort()).toEqual(read.sort());
    expect(() => parseEnvironment(schema, environment)).not.toThrow();
  });

  it('labels its metrics with the source or flow it serves', () => {
    expect(environmentOf('millrace-dev-shop-ledger-deliver-event-account-to-buyer')).toMatchObject({
      POWERTOOLS_SERVICE_NAME: 'shop-ledger/account-to-buyer',
      POWERTOOLS_METRICS_NAMESPACE: 'millrace-dev',
    });
  });
});

describe('the webhook API', () => {
  it('has one route a source, and no other', () => {
    const routes = Object.values(pipeline.findResources('AWS::ApiGatewayV2::Route')).map((r) => r.Properties.RouteKey);

    expect(routes).toEqual(['POST /v1/webhooks/shop-ledger/shop', 'POST /v1/webhooks/shop-ledger/ledger']);
  });

  it('throttles every route, and logs calls without query strings, headers or bodies', () => {
    pipeline.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.anyValue() },
    });
    const [stage] = Object.values(pipeline.findResources('AWS::ApiGatewayV2::Stage'));

    expect(stage?.Properties.AccessLogSettings.Format).not.toMatch(/query|header|body|authorizer/i);
  });

  it('tells where an emulator has it, and where each source posts', () => {
    pipeline.hasOutput('ApiPath', { Value: { 'Fn::Join': ['', [{ Ref: Match.anyValue() }, '/$default']] } });
    pipeline.hasOutput('WebhookUrlShopLedgerShop', { Description: 'Where shop posts its webhooks (shop-ledger)' });
  });

  it('keeps concurrency free for receivers where the stage says so', () => {
    const reserved = synthesise(stageNamed('prod')).pipeline.findResources('AWS::Lambda::Function', {
      Properties: { ReservedConcurrentExecutions: 50 },
    });

    expect(Object.values(reserved).map(({ Properties }) => Properties.FunctionName)).toEqual([
      'millrace-prod-shop-ledger-receive-webhook-shop',
      'millrace-prod-shop-ledger-receive-webhook-ledger',
    ]);
    pipeline.allResourcesProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
  });
});

describe('every event source mapping', () => {
  const mappings = Object.values(pipeline.findResources('AWS::Lambda::EventSourceMapping')).map((m) => m.Properties);

  it('answers partially, and bounds its concurrency as the flow says', () => {
    pipeline.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 10,
    });
    expect(mappings.map(({ ScalingConfig }) => ScalingConfig.MaximumConcurrency)).toEqual([7, 5, 2, 2]);
  });

  it('is of one queue: each flow has one for its events and one for its dead letters', () => {
    const ends = mappings.map(({ FunctionName, EventSourceArn }) => [FunctionName, EventSourceArn].map(flatten));

    expect(ends).toEqual(
      [
        ['buyertoaccountdeliveryDeliverEvent', 'buyertoaccountqueueQueue'],
        ['accounttobuyerdeliveryDeliverEvent', 'accounttobuyerqueueQueue'],
        ['parkdeadletterParkDeadLetter', 'buyertoaccountqueueDeadLetters'],
        ['parkdeadletterParkDeadLetter', 'accounttobuyerqueueDeadLetters'],
      ].map((pair) => pair.map((part) => expect.stringContaining(part))),
    );
  });
});

describe('the token of a system', () => {
  it('is replaced every 45 minutes, which leaves time for retries before an hour is over', () => {
    pipeline.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(45 minutes)',
      Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 600 } }),
    });
  });

  it("is refreshed by the integration's rules in this stage, not by a flow's", () => {
    const rules = JSON.parse(environmentOf('millrace-dev-shop-ledger-refresh-token-ledger').AUTH_POLICY ?? '');

    expect(rules).toEqual(defaultPolicies.auth);
  });
});

describe('the watch', () => {
  it('looks every minute, and leaves a call that failed to the next', () => {
    pipeline.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } }),
    });
  });
});

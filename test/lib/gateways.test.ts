import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import type { WebhookSource } from '../../functions/specification/system.ts';
import type { Stage } from '../../lib/stage.ts';
import { shopLedger } from './support/fixture-integration.ts';
import { webAclArn, withDomain, withMutualTls } from './support/gateways.ts';
import { flatten } from './support/policies.ts';
import { synthesise } from './support/synthesise.ts';

const pipelineOf = (changes: Partial<Stage>, webhook: Partial<WebhookSource> = {}) => {
  const shop = shopLedger.systems.shop!;
  const systems = { ...shopLedger.systems, shop: { ...shop, webhook: { ...shop.webhook!, ...webhook } } };
  return synthesise({ ...stageNamed('dev'), ...changes }, [{ ...shopLedger, systems } as typeof shopLedger]).pipeline;
};
const throttling = { ratePerSecond: 3, burst: 7 };
const all = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const urlsOf = (template: Template) =>
  Object.values(template.findOutputs('*')).flatMap(({ Value, Description }) =>
    String(Description).startsWith('Where shop posts') ? [flatten(Value)] : [],
  );

describe('a REST API', () => {
  const pipeline = pipelineOf({ gateway: 'rest' }, { throttling });

  it('stands in for the HTTP API: same paths, POST alone, each to its own function', () => {
    const parts = all(pipeline, 'AWS::ApiGateway::Resource').map(({ PathPart }) => PathPart);
    const methods = all(pipeline, 'AWS::ApiGateway::Method');

    expect(all(pipeline, 'AWS::ApiGatewayV2::Api')).toEqual([]);
    expect(parts).toEqual(['webhooks', 'shop-ledger', 'shop', 'ledger']);
    expect(methods.map(({ HttpMethod, Integration }) => [HttpMethod, Integration.Type])).toEqual([
      ['POST', 'AWS_PROXY'],
      ['POST', 'AWS_PROXY'],
    ]);
    expect(urlsOf(pipeline)).toEqual([expect.stringMatching(/^https:\/\/.+\/v1\/webhooks\/shop-ledger\/shop$/)]);
    pipeline.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'v1' });
    pipeline.hasOutput('ApiPath', { Value: { Ref: Match.stringLikeRegexp('RestApi') } });
  });

  it('hands over the exact bytes of every body, and is not edge-optimised', () => {
    pipeline.hasResourceProperties('AWS::ApiGateway::RestApi', {
      BinaryMediaTypes: ['*/*'],
      EndpointConfiguration: { Types: ['REGIONAL'] },
      MinimumCompressionSize: Match.absent(),
    });
  });

  it('throttles every method, and one whose source says so by its own numbers', () => {
    const [{ MethodSettings }] = all(pipeline, 'AWS::ApiGateway::Stage');

    expect(MethodSettings).toEqual([
      {
        HttpMethod: '*',
        ResourcePath: '/*',
        LoggingLevel: 'OFF',
        ThrottlingRateLimit: 50,
        ThrottlingBurstLimit: 100,
      },
      {
        HttpMethod: 'POST',
        ResourcePath: '/~1webhooks~1shop-ledger~1shop',
        ThrottlingRateLimit: 3,
        ThrottlingBurstLimit: 7,
      },
    ]);
  });

  it('logs calls without query strings, headers or bodies, and caches nothing', () => {
    const [stage] = all(pipeline, 'AWS::ApiGateway::Stage');

    expect(stage.AccessLogSetting.Format).toContain('"ip":"$context.identity.sourceIp"');
    expect(stage.AccessLogSetting.Format).not.toMatch(/query|header|body|authorizer/i);
    expect(stage.CacheClusterEnabled).toBeUndefined();
    expect(JSON.stringify(stage)).not.toMatch(/DataTrace|Caching/);
  });

  it('answers unknown paths by 404, and quotes nothing in any answer of its own', () => {
    const answers = all(pipeline, 'AWS::ApiGateway::GatewayResponse');

    expect(answers.map(({ ResponseType, StatusCode }) => [ResponseType, StatusCode])).toEqual([
      ['MISSING_AUTHENTICATION_TOKEN', '404'],
      ['DEFAULT_4XX', undefined],
      ['DEFAULT_5XX', undefined],
    ]);
    for (const { ResponseTemplates } of answers) {
      expect(ResponseTemplates['application/json']).toMatch(/^\{"message":"[A-Za-z ]+"\}$/);
    }
  });

  it("leaves the account's CloudWatch role alone, and may call nothing but from its own methods", () => {
    expect(all(pipeline, 'AWS::ApiGateway::Account')).toEqual([]);
    const permissions = all(pipeline, 'AWS::Lambda::Permission').filter(({ Principal }) =>
      /apigateway/.test(Principal),
    );

    expect(permissions.map(({ SourceArn }) => flatten(SourceArn))).toEqual([
      expect.stringMatching(/\/POST\/webhooks\/shop-ledger\/shop$/),
      expect.stringMatching(/\/POST\/webhooks\/shop-ledger\/ledger$/),
    ]);
  });

  it('is guarded by the web ACL that the stage names', () => {
    expect(all(pipeline, 'AWS::WAFv2::WebACLAssociation')).toEqual([]);
    pipelineOf({ gateway: 'rest', webAclArn }).hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: webAclArn,
      ResourceArn: Match.anyValue(),
    });
  });
});

describe('an HTTP API', () => {
  it('throttles a route whose source says so by its own numbers, once the route is there', () => {
    const pipeline = pipelineOf({}, { throttling });
    const [stage] = Object.values(pipeline.findResources('AWS::ApiGatewayV2::Stage'));

    expect(stage?.Properties.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    expect(stage?.Properties.RouteSettings).toEqual({
      'POST /v1/webhooks/shop-ledger/shop': { ThrottlingRateLimit: 3, ThrottlingBurstLimit: 7 },
    });
    const routes = Object.entries(pipeline.findResources('AWS::ApiGatewayV2::Route'));
    const [id] = routes.find(([, { Properties }]) => /\/shop$/.test(Properties.RouteKey))!;
    expect(stage?.DependsOn).toContain(id);
  });
});

describe.each(['http', 'rest'] as const)('a domain of the stage, by %s', (gateway) => {
  const isDisabled = (template: Template) =>
    [...all(template, 'AWS::ApiGatewayV2::Api'), ...all(template, 'AWS::ApiGateway::RestApi')].map(
      ({ DisableExecuteApiEndpoint }) => DisableExecuteApiEndpoint,
    );

  it('is where sources post, at the same paths by either gateway, and tells where it must point', () => {
    const pipeline = pipelineOf({ gateway, ...withDomain });

    expect(urlsOf(pipeline)).toEqual(['https://hooks.example.com/v1/webhooks/shop-ledger/shop']);
    pipeline.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', {
      DomainName: { Ref: Match.stringLikeRegexp('DomainName') },
      Stage: gateway === 'rest' ? { Ref: Match.stringLikeRegexp('v1') } : '$default',
      ApiMappingKey: gateway === 'rest' ? 'v1' : Match.absent(),
    });
    pipeline.hasOutput('WebhookDomainTarget', {
      Value: { 'Fn::GetAtt': [Match.anyValue(), 'RegionalDomainName'] },
    });
    expect(isDisabled(pipeline)).toEqual([undefined]);
  });

  it('asks for a certificate where it says so, and then nobody comes in by the address that AWS gave', () => {
    const pipeline = pipelineOf({ gateway, ...withMutualTls });

    pipeline.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: 'hooks.example.com',
      MutualTlsAuthentication: { TruststoreUri: 's3://trust-store/authorities/ca.pem', TruststoreVersion: '7' },
      DomainNameConfigurations: [Match.objectLike({ SecurityPolicy: 'TLS_1_2', EndpointType: 'REGIONAL' })],
    });
    expect(isDisabled(pipeline)).toEqual([true]);
  });

  it('keeps its name, certificate and log when the stage changes to the other gateway', () => {
    const kept = (template: Template) =>
      ['AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::ApiMapping', 'AWS::Logs::LogGroup'].flatMap((type) =>
        Object.keys(template.findResources(type)),
      );
    const other = gateway === 'http' ? 'rest' : 'http';

    expect(kept(pipelineOf({ gateway, ...withDomain }))).toEqual(kept(pipelineOf({ gateway: other, ...withDomain })));
  });
});

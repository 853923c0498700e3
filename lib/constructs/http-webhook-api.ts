import { Validations } from 'aws-cdk-lib';
import { CfnStage, HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Throttling } from '../../functions/specification/system.ts';
import {
  accessLog,
  accessLogFormat,
  apiName,
  tellApiPath,
  type WebhookApi,
  type WebhookApiProps,
  type WebhookRoute,
} from './webhook-api.ts';
import { WebhookDomain } from './webhook-domain.ts';

/** The door as an HTTP API. */
export class HttpWebhookApi extends Construct implements WebhookApi {
  readonly url: string;
  private readonly api: HttpApi;
  private readonly stage: HttpStage;
  private readonly routeSettings: Record<string, unknown> = {};

  constructor(scope: Construct, id: string, { stage }: WebhookApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: apiName(stage),
      description: 'Takes the webhooks of every source system',
      createDefaultStage: false,
      // Else whoever has no certificate would come in there.
      ...(stage.domain?.mutualTls !== undefined && { disableExecuteApiEndpoint: true }),
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: stage.throttling.ratePerSecond, burstLimit: stage.throttling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog(this, stage)),
        format: accessLogFormat('$context.routeKey'),
      },
    });
    if (stage.domain !== undefined) {
      const { apiId } = this.api;
      new WebhookDomain(this, 'Domain', { domain: stage.domain, apiId, apiStage: this.stage });
    }
    this.url = stage.domain === undefined ? this.api.apiEndpoint : `https://${stage.domain.domainName}`;
    tellApiPath(this, `${this.api.apiId}/$default`);
  }

  addRoute({ path, function: target, throttling }: WebhookRoute): void {
    const integration = new HttpLambdaIntegration(path.split('/').slice(-2).join('-'), target);
    for (const route of this.api.addRoutes({ path, methods: [HttpMethod.POST], integration })) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason:
          'The signature covers the body, which an HTTP API authorizer never sees: the function verifies it first of all.',
      });
      // API Gateway refuses settings of a route that it does not have yet.
      if (throttling !== undefined) this.stage.node.addDependency(route);
    }
    if (throttling !== undefined) this.throttle(path, throttling);
  }

  private throttle(path: string, { ratePerSecond, burst }: Throttling): void {
    this.routeSettings[`POST ${path}`] = { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst };
    const { defaultChild } = this.stage.node;
    if (defaultChild instanceof CfnStage) defaultChild.routeSettings = { ...this.routeSettings };
  }
}

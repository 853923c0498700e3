import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { stageName } from '../../functions/contract/names.ts';
import type { Stage } from '../stage.ts';

export interface WebhookApiProps {
  readonly stage: Stage;
}

/**
 * The access log names the route and the path only: query strings and headers may carry what a sender calls a secret,
 * and bodies carry people's data.
 */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    path: '$context.path',
    route: '$context.routeKey',
    status: '$context.status',
    responseLength: '$context.responseLength',
    latencyMs: '$context.responseLatency',
    error: '$context.integrationErrorMessage',
  }),
);

/** The door: one HTTP API for every source. What no route names is answered 404 by the API itself. */
export class WebhookApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { stage }: WebhookApiProps) {
    super(scope, id);
    const apiName = `${stageName(stage.name)}-webhooks`;
    this.api = new HttpApi(this, 'Api', {
      apiName,
      description: 'Takes the webhooks of every source system',
      createDefaultStage: false,
    });
    const accessLog = new LogGroup(this, 'AccessLog', {
      // This prefix spares the account's log resource policy, which has room for few names.
      logGroupName: `/aws/vendedlogs/${apiName}`,
      retention: stage.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: stage.throttling.ratePerSecond, burstLimit: stage.throttling.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    });
    const output = new CfnOutput(this, 'ApiId', { value: this.api.apiId, description: 'Id of the webhook API' });
    output.overrideLogicalId('ApiId');
  }
}

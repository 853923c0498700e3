import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import { stageName } from '../../functions/contract/names.ts';
import type { Throttling } from '../../functions/specification/system.ts';
import type { Stage } from '../stage.ts';

/** Where a source posts. */
export interface WebhookRoute {
  /** `/v1/webhooks/...` */
  readonly path: string;
  readonly function: IFunction;
  /** @default the stage's */
  readonly throttling?: Throttling;
}

/** The door: one API for every source, of either kind. What no route names is answered 404 by the API itself. */
export interface WebhookApi extends IConstruct {
  /** Where it is, without a slash at the end: a route's path follows. */
  readonly url: string;
  /** Takes POST, and nothing else. */
  addRoute(route: WebhookRoute): void;
}

export interface WebhookApiProps {
  readonly stage: Stage;
}

/** `millrace-dev-webhooks` */
export function apiName({ name }: Stage): string {
  return `${stageName(name)}-webhooks`;
}

export function accessLog(scope: Construct, stage: Stage): LogGroup {
  return new LogGroup(scope, 'AccessLog', {
    // This prefix spares the account's log resource policy, which has room for few names.
    logGroupName: `/aws/vendedlogs/${apiName(stage)}`,
    retention: stage.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/**
 * The access log names the route and the path only: query strings and headers may carry what a sender calls a secret,
 * and bodies carry people's data. `route`: what the API calls it.
 */
export function accessLogFormat(route: '$context.routeKey' | '$context.resourcePath'): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: '$context.requestId',
      time: '$context.requestTime',
      ip: '$context.identity.sourceIp',
      method: '$context.httpMethod',
      path: '$context.path',
      route,
      status: '$context.status',
      responseLength: '$context.responseLength',
      latencyMs: '$context.responseLatency',
      error: '$context.integrationErrorMessage',
    }),
  );
}

/** Tells where an emulator has the API, whose own address no machine resolves. */
export function tellApiPath(scope: Construct, apiPath: string): void {
  const description = 'Where the webhook API is at an emulator: behind /_aws/execute-api/';
  new CfnOutput(scope, 'ApiPath', { value: apiPath, description }).overrideLogicalId('ApiPath');
}

import { Lazy, Stack, Validations } from 'aws-cdk-lib';
import {
  CfnStage,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct, type IConstruct } from 'constructs';
import { webhookVersion } from '../../functions/contract/names.ts';
import type { Stage } from '../stage.ts';
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

const reasons = {
  APIG2:
    'A schema of API Gateway sees no signature, and refuses in words of its own: the function verifies first of all.',
  APIG3:
    'A web ACL is the choice of whoever runs the stage: webAclArn. Each source is verified, throttled and limited.',
  APIG4: 'The signature covers the body, which an authorizer never sees: the function verifies it first of all.',
  APIG6:
    'Execution logs may quote headers and queries, which hold signatures: the access log and the function tell enough.',
  COG4: 'Sources are systems, and no users of a Cognito pool: their signature covers the body, and the function verifies it.',
} as const;

/** The door as a REST API: dearer, and WAF, resource policies and emulators without HTTP APIs take it. */
export class RestWebhookApi extends Construct implements WebhookApi {
  readonly url: string;
  private readonly api: RestApi;
  private readonly methodSettings: CfnStage.MethodSettingProperty[] = [];

  constructor(scope: Construct, id: string, { stage }: WebhookApiProps) {
    super(scope, id);
    this.api = this.createApi(stage);
    const { deploymentStage, restApiId: apiId } = this.api;
    this.throttleByRoute();
    this.answerWithoutQuoting();
    if (stage.webAclArn !== undefined) {
      const { stageArn: resourceArn } = deploymentStage;
      new CfnWebACLAssociation(this, 'WebAcl', { resourceArn, webAclArn: stage.webAclArn });
    } else {
      this.acknowledge(deploymentStage, 'APIG3');
    }
    this.acknowledge(this.api.node.findChild('Resource'), 'APIG2');
    this.acknowledge(deploymentStage, 'APIG6');
    if (stage.domain !== undefined) {
      const mapped = { apiId, apiStage: deploymentStage, firstPart: webhookVersion };
      new WebhookDomain(this, 'Domain', { domain: stage.domain, ...mapped });
    }
    const { region, urlSuffix } = Stack.of(this);
    this.url = `https://${stage.domain?.domainName ?? `${apiId}.execute-api.${region}.${urlSuffix}`}`;
    tellApiPath(this, apiId);
  }

  addRoute({ path, function: target, throttling }: WebhookRoute): void {
    // The stage stands in for the first part, so that sources post to the same paths whichever API it is.
    const below = path.slice(`/${webhookVersion}`.length);
    const integration = new LambdaIntegration(target, { allowTestInvoke: false });
    const method = this.api.root.resourceForPath(below).addMethod('POST', integration);
    this.acknowledge(method, 'APIG4');
    this.acknowledge(method, 'COG4');
    if (throttling === undefined) return;
    this.methodSettings.push({
      httpMethod: 'POST',
      resourcePath: `/${below.replaceAll('/', '~1')}`,
      throttlingRateLimit: throttling.ratePerSecond,
      throttlingBurstLimit: throttling.burst,
    });
  }

  private createApi(stage: Stage): RestApi {
    const api = new RestApi(this, 'RestApi', {
      restApiName: apiName(stage),
      description: 'Takes the webhooks of every source system',
      endpointTypes: [EndpointType.REGIONAL],
      // The exact bytes of every body, whatever its type says: signatures cover them.
      binaryMediaTypes: ['*/*'],
      // Set once for all APIs of an account and region: no stage's to change (docs/decisions/018).
      cloudWatchRole: false,
      ...(stage.domain?.mutualTls !== undefined && { disableExecuteApiEndpoint: true }),
      deployOptions: {
        stageName: webhookVersion,
        tracingEnabled: true,
        loggingLevel: MethodLoggingLevel.OFF,
        accessLogDestination: new LogGroupLogDestination(accessLog(this, stage)),
        accessLogFormat: accessLogFormat('$context.resourcePath'),
      },
    });
    // An output that would tell a bare address, where no source posts.
    api.node.tryRemoveChild('Endpoint');
    this.methodSettings.push({
      httpMethod: '*',
      resourcePath: '/*',
      loggingLevel: MethodLoggingLevel.OFF,
      throttlingRateLimit: stage.throttling.ratePerSecond,
      throttlingBurstLimit: stage.throttling.burst,
    });
    return api;
  }

  /** Routes come later than the stage, which is to hold their settings. */
  private throttleByRoute(): void {
    const { defaultChild } = this.api.deploymentStage.node;
    if (defaultChild instanceof CfnStage) {
      defaultChild.methodSettings = Lazy.any({ produce: () => this.methodSettings });
    }
  }

  /** Answers of the API itself: 404 to an unknown path, as an HTTP API does, and nothing of the request in any. */
  private answerWithoutQuoting(): void {
    const say = (message: string) => ({ 'application/json': JSON.stringify({ message }) });
    this.api.addGatewayResponse('NoRoute', {
      type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
      statusCode: '404',
      templates: say('Not Found'),
    });
    this.api.addGatewayResponse('Refusal', { type: ResponseType.DEFAULT_4XX, templates: say('Refused') });
    this.api.addGatewayResponse('Failure', { type: ResponseType.DEFAULT_5XX, templates: say('Not available') });
  }

  private acknowledge(construct: IConstruct, rule: keyof typeof reasons): void {
    Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason: reasons[rule] });
  }
}

import { CfnOutput } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ReceiveEnvironment } from '../../functions/contract/environment.ts';
import { dataPrefix } from '../../functions/contract/large-data.ts';
import { bundleName, outputName, webhookPath } from '../../functions/contract/names.ts';
import type { SecretClocks } from '../../functions/contract/webhook-secret.ts';
import type { Throttling } from '../../functions/specification/system.ts';
import { type NamedBucket, type NamedSecret, plain, readSecret, record, sendTo, useObjectsOf } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';
import type { WebhookApi } from './webhook-api.ts';

export interface WebhookReceiverProps {
  readonly context: FunctionContext;
  readonly api: WebhookApi;
  /** The system whose webhooks it takes. */
  readonly system: string;
  /** Signs them. */
  readonly secret: NamedSecret;
  readonly secretClocks: SecretClocks;
  /** The queues of the flows that its events may wake, by the flow's name. */
  readonly queues: Readonly<Record<string, IQueue>>;
  /** Where the data of large events goes. */
  readonly dataBucket: NamedBucket;
  /** Of its route. @default the stage's */
  readonly throttling?: Throttling;
}

/** One source's function and route: verifies, validates, and puts events into the flows' queues. */
export class WebhookReceiver extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: WebhookReceiverProps) {
    super(scope, id);
    const { context, api, system, secret, queues, throttling, dataBucket } = props;
    const { stage, integration } = context;
    const urls = Object.entries(queues).map(([flow, queue]) => [flow, sendTo(queue)] as const);
    const put = Object.keys(queues).map((flow) => dataPrefix('events', integration, flow));
    const receiver = new BundledFunction<ReceiveEnvironment>(this, 'ReceiveWebhook', {
      context,
      bundle: bundleName('receive-webhook', system),
      serves: system,
      description: `Takes the webhooks of ${system} (${integration})`,
      memoryMb: 512,
      environment: {
        QUEUE_URLS: record(Object.fromEntries(urls)),
        WEBHOOK_SECRET_ID: readSecret(secret),
        WEBHOOK_SECRET_CLOCKS: plain(JSON.stringify(props.secretClocks)),
        DATA_BUCKET: useObjectsOf(dataBucket, { put }),
      },
      withoutDeadLetters:
        'The API calls it and waits: a failure is answered with an error, and the source sends again.',
      ...(stage.receiverConcurrency !== undefined && { reservedConcurrency: stage.receiverConcurrency }),
    });
    this.function = receiver.function;

    const path = webhookPath(integration, system);
    api.addRoute({ path, function: this.function, ...(throttling !== undefined && { throttling }) });
    const url = new CfnOutput(this, 'WebhookUrl', {
      value: `${api.url}${path}`,
      description: `Where ${system} posts its webhooks (${integration})`,
    });
    url.overrideLogicalId(`WebhookUrl${outputName(integration, system)}`);
  }
}

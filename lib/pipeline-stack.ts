import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stageName } from '../functions/contract/names.ts';
import type { Integration } from '../functions/specification/integration.ts';
import { HttpWebhookApi } from './constructs/http-webhook-api.ts';
import { IntegrationPipeline } from './constructs/integration-pipeline.ts';
import { RestWebhookApi } from './constructs/rest-webhook-api.ts';
import type { DataStack } from './data-stack.ts';
import type { Stage } from './stage.ts';

export interface PipelineStackProps {
  readonly stage: Stage;
  readonly integrations: readonly Integration[];
  readonly region: string;
  /** The folder that `scripts/bundle.ts` writes. */
  readonly bundles: string;
  readonly data: DataStack;
}

/** What runs: the webhook API, the functions, their schedules and alarms. It keeps nothing that can't be made again. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, { stage, integrations, bundles, region, data }: PipelineStackProps) {
    super(scope, `${stageName(stage.name)}-pipeline`, {
      env: { region },
      description: `Millrace ${stage.name}: webhook API, functions, schedules, alarms`,
    });
    // Secrets are known by name, which is no reference: the order has to be said.
    this.addStackDependency(data, 'functions use the queues, the tables and the secrets');

    const Api = stage.gateway === 'rest' ? RestWebhookApi : HttpWebhookApi;
    const api = new Api(this, 'WebhookApi', { stage });
    for (const integration of integrations) {
      new IntegrationPipeline(this, integration.name, {
        context: { stage, integration: integration.name, bundles },
        integration,
        api,
        data: data.of(integration),
        stateTable: data.stateTable,
        parkedTable: data.parkedTable,
        dataBucket: data.dataBucket.named,
        topics: data.alarmTopics,
      });
    }
  }
}

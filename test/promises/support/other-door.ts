import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { inject } from 'vitest';
import { stageNamed } from '../../../bin/stages.ts';
import { appName, bundleName, webhookPath } from '../../../functions/contract/names.ts';
import { HttpWebhookApi } from '../../../lib/constructs/http-webhook-api.ts';
import { RestWebhookApi } from '../../../lib/constructs/rest-webhook-api.ts';
import { functionName } from '../../../lib/naming.ts';
import { createCdk } from '../../../local/cdk.ts';
import { apiUrl } from '../../../local/endpoint.ts';
import { createProcesses } from '../../../local/processes/processes.ts';
import { gatewayAsked } from '../../support/pipeline-setup.ts';
import { stage } from './names.ts';

const stackName = `${appName}-${stage}-other-door`;
const account = '000000000000';

/** The same receivers behind the gateway that the tests' pipeline has not. */
export interface OtherDoor {
  readonly gateway: 'http' | 'rest';
  /** Where a source posts there: `salesforce-stripe/stripe`. */
  urlOf(source: string): string;
  remove(): Promise<void>;
}

/** Deploys it beside the pipeline, as a stack of its own, with the real CDK. */
export async function openOtherDoor(): Promise<OtherDoor> {
  const { endpoint, region, caFile, folder: pipeline, webhooks } = inject('pipeline');
  const folder = await mkdtemp(join(pipeline, 'other-door-'));
  await mkdir(folder, { recursive: true });
  const gateway = gatewayAsked() === 'rest' ? 'http' : 'rest';
  synthesise(join(folder, 'cdk.out'), gateway, region, Object.keys(webhooks));

  const env = { PATH: process.env.PATH ?? '' };
  const cdk = createCdk({ folder, stage, env, processes: createProcesses(), signal: new AbortController().signal });
  const at = { url: endpoint, caFile };
  const outputs = await cdk.deploy(at, () => {});
  const base = apiUrl(at, outputs[stackName]?.ApiPath ?? '');
  return {
    gateway,
    urlOf: (source) => `${base}${pathOf(source)}`,
    async remove() {
      await cdk.destroy(at, () => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function synthesise(outdir: string, gateway: 'http' | 'rest', region: string, sources: readonly string[]): void {
  const app = new App({ outdir });
  const stack = new Stack(app, stackName, { env: { account, region } });
  // A name of its own: two access logs can't share one.
  const props = { stage: { ...stageNamed(stage), name: `${stage}other`, gateway } };
  const api = gateway === 'rest' ? new RestWebhookApi(stack, 'Api', props) : new HttpWebhookApi(stack, 'Api', props);
  for (const source of sources) {
    const [integration = '', system = ''] = source.split('/');
    const name = functionName(stage, integration, bundleName('receive-webhook', system));
    const functionArn = `arn:aws:lambda:${region}:${account}:function:${name}`;
    const target = Lambda.fromFunctionAttributes(stack, source, { functionArn, sameEnvironment: true });
    api.addRoute({ path: pathOf(source), function: target });
  }
  app.synth();
}

function pathOf(source: string): string {
  const [integration = '', system = ''] = source.split('/');
  return webhookPath(integration, system);
}

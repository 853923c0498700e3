import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { integrations } from '../integrations/integrations.ts';
import { addMillrace } from '../lib/add-millrace.ts';
import { stageNamed, withGateway } from './stages.ts';

const app = new App();
const stage = withGateway(
  stageNamed(String(app.node.tryGetContext('stage') ?? 'dev')),
  app.node.tryGetContext('gateway'),
);
const bundles = fileURLToPath(new URL('../dist/functions', import.meta.url));
// The CLI sets it, and falls back to us-east-1 itself where no region is configured.
const region = process.env.CDK_DEFAULT_REGION ?? 'us-east-1';
addMillrace(app, { stage, integrations, bundles, region });

import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { Integration } from '../functions/specification/integration.ts';
import { validateIntegrations } from '../functions/specification/validate.ts';
import { DataStack } from './data-stack.ts';
import { adaptToEmulator } from './emulator-differences.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { checkPartnerSources, checkStage, checkStageLimits, type Stage } from './stage.ts';
import { checkGatewayRegion } from './stage-gateway.ts';

export interface MillraceProps {
  readonly stage: Stage;
  readonly integrations: readonly Integration[];
  /** The folder that `scripts/bundle.ts` writes. */
  readonly bundles: string;
  /** Where it is deployed: global tables with a key of their own name their region in the template. */
  readonly region: string;
}

/**
 * Adds one stage's two stacks to the app, and the rule packs that synth holds them to.
 * @throws {Error} naming every mistake in the stage or the integrations, with its remedy.
 */
export function addMillrace(app: App, { stage, integrations, bundles, region }: MillraceProps) {
  checkStage(stage);
  checkGatewayRegion(stage, region);
  validateIntegrations(integrations);
  checkStageLimits(stage, integrations);
  checkPartnerSources(stage, integrations);
  const data = new DataStack(app, { stage, integrations, region });
  const pipeline = new PipelineStack(app, { stage, integrations, bundles, region, data });
  if (stage.runsOn === 'emulator') for (const stack of [data, pipeline]) adaptToEmulator(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return { data, pipeline };
}

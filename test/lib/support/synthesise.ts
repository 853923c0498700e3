import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { stageNamed } from '../../../bin/stages.ts';
import { bundleName, parkDeadLetter, watchHealth } from '../../../functions/contract/names.ts';
import type { Integration } from '../../../functions/specification/integration.ts';
import { addMillrace } from '../../../lib/add-millrace.ts';
import type { Stage } from '../../../lib/stage.ts';
import { shopLedger } from './fixture-integration.ts';

const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));

/** What one run of the CDK app writes. */
export interface Synthesised {
  readonly data: Template;
  readonly pipeline: Template;
  /** What cdk-nag said. */
  readonly report: ValidationReport;
}

interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations: readonly { readonly ruleName: string }[];
    readonly suppressedViolations: readonly { ruleName: string; reason: string; acknowledgedAt: string }[];
  }[];
}

/** Synthesises a stage as `bin/app.ts` does, with stubs for bundles. */
export function synthesise(
  stage: Stage = stageNamed('dev'),
  integrations: readonly Integration[] = [shopLedger],
): Synthesised {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-synth-'));
  try {
    const [bundles, outdir] = [join(folder, 'bundles'), join(folder, 'cdk.out')];
    writeStubs(bundles, integrations);
    const app = new App({ context, outdir });
    const { data, pipeline } = addMillrace(app, {
      stage: withSystemsOf(integrations, stage),
      integrations,
      bundles,
      region: 'eu-central-1',
    });
    app.synth();
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    return { data: Template.fromStack(data), pipeline: Template.fromStack(pipeline), report };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A stage that is there for this repository's integrations names their systems, which others may not have. */
function withSystemsOf(integrations: readonly Integration[], stage: Stage): Stage {
  const systems = integrations.flatMap((integration) => Object.keys(integration.systems));
  const known = <Value>(bySystem: Readonly<Record<string, Value>> = {}) =>
    Object.fromEntries(Object.entries(bySystem).filter(([system]) => systems.includes(system)));
  return { ...stage, limits: known(stage.limits), partnerSources: known(stage.partnerSources) };
}

function writeStubs(bundles: string, integrations: readonly Integration[]): void {
  for (const { name, systems, flows } of integrations) {
    const names = [
      ...Object.keys(systems).flatMap((system) => [
        bundleName('receive-webhook', system),
        bundleName('receive-event', system),
        bundleName('refresh-token', system),
        bundleName('rotate-secret', system),
        bundleName('rotate-webhook-secret', system),
      ]),
      ...Object.keys(flows).map((flow) => bundleName('deliver-event', flow)),
      parkDeadLetter,
      watchHealth,
    ];
    for (const bundle of names) {
      mkdirSync(join(bundles, name, bundle), { recursive: true });
      writeFileSync(join(bundles, name, bundle, 'index.mjs'), `export const handler = () => '${bundle}';\n`);
    }
  }
}

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { integrations } from '../integrations/integrations.ts';
import { buildBundle } from './bundle/build.ts';
import { entriesOf } from './bundle/entries.ts';
import { isOverBudget, sizeTable } from './bundle/report.ts';

/** Bundles every function of every integration into `dist/functions`; `cdk` runs this before each synth. */
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist', 'functions');

const entries = (await Promise.all(integrations.map((integration) => entriesOf(integration, root)))).flat();
const bundles = await Promise.all(entries.map((entry) => buildBundle(entry, { root, folder })));
removeStale(new Set(bundles.map((bundle) => bundle.name)));

// On stderr: stdout belongs to the command that asked for the bundles, `cdk synth` say.
process.stderr.write(sizeTable(bundles));
if (bundles.some(isOverBudget)) {
  process.stderr.write('A bundle is over its budget: see what it holds with esbuild --analyze, and import less.\n');
  process.exitCode = 1;
}

function removeStale(current: ReadonlySet<string>): void {
  for (const integration of readdirSync(folder)) {
    for (const bundle of readdirSync(join(folder, integration))) {
      // What ends in .tmp is another run's, about to be renamed.
      if (current.has(`${integration}/${bundle}`) || bundle.endsWith('.tmp')) continue;
      rmSync(join(folder, integration, bundle), { recursive: true });
    }
  }
}

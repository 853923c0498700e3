import type { Pipeline } from '../../../local/pipeline.ts';
import type { ShowStep } from '../../../local/steps.ts';
import { measurePermits } from './permit-costs.ts';
import { measureRow } from './row-throughput.ts';
import { notes, permitTable, rowTable } from './tables.ts';

/** Counts what permits cost, and measures how many one row of the pipeline's state table gives; answers the tables. */
export async function measureLimits(pipeline: Pipeline, showStep: ShowStep, signal: AbortSignal): Promise<string> {
  const costs = await showStep('Permits of batches', () => measurePermits([1, 10]));
  const uses = await showStep('Leases of one row', (say) => measureRow(pipeline, { signal, say }));
  return [permitTable(costs), rowTable(uses), notes].join('\n\n');
}

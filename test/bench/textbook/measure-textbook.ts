import type { ShowStep } from '../../../local/steps.ts';
import { measureBatches } from './batches.ts';
import { compareOutages, compareScenarios } from './compare.ts';
import { batchTable, costTable, faultTable, notes, outageTable } from './tables.ts';

/** Runs the same histories through the textbook's pipeline and ours, on a virtual clock; answers the tables. */
export async function measureTextbook(showStep: ShowStep, signal: AbortSignal): Promise<string> {
  const compared = await showStep('The same histories by the textbook and by Millrace', (say) =>
    compareScenarios({ signal, say }),
  );
  const outages = await showStep('Outages of five minutes by both', (say) => compareOutages({ signal, say }));
  const batches = await showStep('Full batches by both', measureBatches);
  const calm = compared.find(({ name }) => name === 'calm');
  return [
    faultTable(compared),
    outageTable(outages),
    batchTable(batches),
    ...(calm === undefined ? [] : [costTable('calm, mostly one a batch', calm)]),
    costTable('busy, full batches', batches),
    notes,
  ].join('\n\n');
}

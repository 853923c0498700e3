import { type Compared, compare } from '../compare.ts';
import { ofTheModels } from '../known-differences.ts';
import type { SystemCase } from './case.ts';
import { playSystem } from './play.ts';
import { modelPort, simulatedPort } from './ports.ts';
import { salesforceCases } from './salesforce.ts';
import { stripeCases } from './stripe.ts';

/** What the models of both systems are held to. */
export const systemScript: readonly SystemCase[] = [...stripeCases, ...salesforceCases];

/** Plays a case to the simulation's model, and to a simulated system that is started for it. */
export async function playSystems(one: SystemCase): Promise<Compared> {
  const simulated = await simulatedPort(one.system);
  try {
    const [model, real] = [await playSystem(one, modelPort(one.system)), await playSystem(one, simulated)];
    return compare({ name: one.name, model, real }, ofTheModels, []);
  } finally {
    await simulated.stop();
  }
}

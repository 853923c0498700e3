import { type Compared, compare } from '../compare.ts';
import { playInMemory } from '../in-memory.ts';
import { ofTheEmulator } from '../known-differences.ts';
import { type Played, play } from '../play/play.ts';
import type { Case } from '../script/case.ts';
import { openPort } from './port.ts';
import type { Endpoint, Resources } from './resources.ts';

export interface EndpointRun {
  /** Whether it is the emulator whose differences are listed. */
  readonly isKnown: boolean;
  /** Also what needs minutes. */
  readonly slow: boolean;
  /** Told of each case that is done. */
  tell(name: string): void;
}

/**
 * Plays the script to the models, then to an endpoint: all cases at once, each with a queue of its own. What was made there
 * is left to `resources.close()`.
 */
export async function playBoth(
  script: readonly Case[],
  endpoint: Endpoint,
  resources: Resources,
  { isKnown, slow, tell }: EndpointRun,
): Promise<Compared[]> {
  const models: Played[] = [];
  // One after the other, and before the endpoint: they turn `Date.now`.
  for (const one of script) models.push(await playInMemory(one));
  const played = script.map(async (one, index) => {
    if (one.slow && !slow) return undefined;
    const result = await play(one, await openPort(endpoint, resources, one, String(index + 1)));
    tell(one.name);
    return result;
  });
  const real = await Promise.all(played);
  return models.map((model, index) => {
    const { name = '' } = script[index] ?? {};
    return compare({ name, model, real: real[index] }, [], isKnown ? ofTheEmulator : []);
  });
}

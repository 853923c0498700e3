import { describe, expect, it } from 'vitest';
import { playSystems, systemScript } from './play-both.ts';

describe('the models of Stripe and Salesforce, and the simulated ones', () => {
  it.each(systemScript.map((one) => [one.name, one] as const))('do the same: %s', async (_name, one) => {
    const { model, real, known } = await playSystems(one);

    expect(real).toBe('as documented');
    expect(model).toEqual(
      known === undefined ? 'as documented' : expect.objectContaining({ step: known.step, gives: known.gives }),
    );
  });
});

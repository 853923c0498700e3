/**
 * The simulation runs on models of SQS and DynamoDB: here the same script of calls that they are held to goes through our
 * own edges to the emulator. What takes minutes is left to `npm run models -- --slow`.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Compared } from '../models/compare.ts';
import { playBoth } from '../models/endpoint/play.ts';
import { Resources } from '../models/endpoint/resources.ts';
import { script } from '../models/script/script.ts';
import { aws } from '../support/clients.ts';

const endpoint = { ...aws, patienceSeconds: 0, settlesInSeconds: 0 };
const resources = new Resources(endpoint);
const quick = script.filter(({ slow }) => !slow);

describe('the models and the emulator', () => {
  let compared: readonly Compared[] = [];

  beforeAll(async () => {
    // Another emulator is wrong elsewhere, if anywhere: its differences are not on our list.
    const isKnown = inject('pipeline').abilities.isMiniStack;
    compared = await playBoth(quick, endpoint, resources, { isKnown, slow: false, tell: () => {} });
  });

  afterAll(() => resources.close());

  it.each(quick.map(({ name }) => name))('do the same: %s', (expected) => {
    const { model, real, known } = compared.find(({ name }) => name === expected)!;

    expect(model).toBe('as documented');
    expect(real).toEqual(
      known === undefined ? 'as documented' : expect.objectContaining({ step: known.step, gives: known.gives }),
    );
  });
});

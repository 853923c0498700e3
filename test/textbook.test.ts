import { describe, expect, it } from 'vitest';
import { type Delivery, millrace, textbook } from './bench/textbook/delivery.ts';
import { faultsOf } from './bench/textbook/faults.ts';
import { flowDefaults, runHistory } from './bench/textbook/world.ts';
import type { Scenario } from './simulation/plan.ts';
import { simulate } from './simulation/run.ts';
import { scenarios } from './simulation/scenarios/scenarios.ts';
import type { Trace } from './simulation/trace.ts';

const scenarioOf = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
/** As the comparison has it: by a flow's defaults, and nobody looks after what was parked. */
const plain = ({ name, plan }: Scenario): Scenario => ({
  name,
  plan: (random) => ({ ...plan(random), ...flowDefaults, tended: false }),
});
const toldBy = ({ entries }: Trace) => entries.map(({ atMs, kind }) => `${atMs} ${kind}`).join('\n');

describe('the comparison with the textbook', () => {
  it.each(['calm', 'outage, hanging', 'records deleted at either end', 'everything at once'])(
    'runs the histories of the simulation: %s',
    async (name) => {
      const scenario = plain(scenarioOf(name));

      const [compared, simulated] = [await runHistory(scenario, 3, millrace), await simulate(scenario, 3)];

      expect(toldBy(compared.trace)).toBe(toldBy(simulated.trace));
    },
  );

  it('brings the same changes to both', async () => {
    const scenario = scenarioOf('outage, busy');

    const [one, other] = [await runHistory(scenario, 5, textbook), await runHistory(scenario, 5, millrace)];

    const changesIn = (trace: Trace) => trace.of('changed').map(({ atMs, record }) => `${atMs} ${record}`);
    expect(changesIn(one.trace)).toEqual(changesIn(other.trace));
    expect(changesIn(one.trace).length).toBeGreaterThan(0);
  });

  it('leaves what the textbook could not deliver in five receives to the redrive, and can tell that it was wrong', async () => {
    const ended = await runHistory(scenarioOf('access revoked'), 1, textbook);

    const received = ended.trace.of('received');
    const parked = ended.trace.of('dead-letter').map(({ messageId }) => messageId);
    const receives = parked.map((id) => received.filter(({ messageId }) => messageId === id).length);
    expect(new Set(receives)).toEqual(new Set([5]));
    expect(faultsOf(ended)).toMatchObject({ lost: 0, wronglyParked: parked.length });
  });

  it('sees the second record that a create of unknown outcome leads to', async () => {
    expect(await doublesOf(textbook)).toBeGreaterThan(0);
    expect(await doublesOf(millrace)).toBe(0);
  });
});

async function doublesOf(delivery: Delivery): Promise<number> {
  let doubles = 0;
  for (const seed of [1, 2, 3, 4, 5]) {
    doubles += faultsOf(await runHistory(scenarioOf('outage, hanging'), seed, delivery)).double;
  }
  return doubles;
}

import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { announce, deliveryTimes, expectOneRecordEach, unannouncedCustomers } from './support/events.ts';
import { breakerOf, holdOf } from './support/health.ts';
import { type Somebody, somebodyWith } from './support/iam.ts';
import { type Ended, millraceOf } from './support/millrace.ts';
import { parked, statusesOf } from './support/parked.ts';
import { flows, queueDepth } from './support/queues.ts';
import { openScene } from './support/scene.ts';
import { clearFaults, setFault } from './support/systems.ts';

await openScene();
let [viewer, operator]: Somebody[] = [];
beforeAll(async () => {
  [viewer, operator] = [await somebodyWith('ViewerPolicyArn'), await somebodyWith('OperatorPolicyArn')];
});
afterAll(async () => {
  await viewer?.leave();
  await operator?.leave();
});

const asViewer = (...words: readonly string[]) => millraceOf(viewer!.credentials, ...words);
const asOperator = (...words: readonly string[]) => millraceOf(operator!.credentials, ...words);

/** Types one after the other. */
async function type(as: typeof asViewer, commands: readonly (readonly string[])[]): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const words of commands) ended.push(await as(...words));
  return ended;
}

const flow = ['--flow', flows.fromStripe] as const;

const { enforcesIam } = inject('pipeline').abilities;

it.skipIf(!enforcesIam)(
  'a viewer sees all but messages and changes nothing; an operator acts on it (where IAM is enforced)',
  async () => {
    const records = await unannouncedCustomers(2);
    const [first, second] = records;
    await setFault('salesforce', { fault: 'no-such-field', operation: 'upsert' });
    const [released, given] = [await announce(first!), await announce(second!)];
    await parked(released);
    await parked(given);
    await clearFaults();

    const looked = await type(asViewer, [
      ['status', '--json'],
      ['trace', released],
      ['trace', first!.id],
      ['parked', 'list', ...flow],
      ['parked', 'show', released, ...flow],
    ]);
    const refused = await type(asViewer, [
      ['parked', 'show', released, '--body', ...flow],
      ['parked', 'release', released, ...flow],
      ['parked', 'discard', given, '--reason', 'not mine to say', ...flow],
      ['parked', 'erase', '--key', second!.id, '--yes', ...flow],
      ['park', 'evt_of_nobody', '--reason', 'not mine to say', ...flow],
      ['pause', flows.fromStripe],
      ['pause', 'stripe'],
      ['resume', flows.fromStripe],
    ]);

    expect(looked.map(({ code, errors }) => [code, errors])).toEqual(looked.map(() => [0, '']));
    for (const { output } of looked.slice(1)) expect(output).toContain(released);
    for (const { code, errors } of refused) {
      expect([code, errors]).toEqual([
        1,
        expect.stringMatching(/not authorized to perform: dynamodb:\w+.* Ask for that/),
      ]);
    }
    expect(await statusesOf([released, given])).toEqual(['parked', 'parked']);
    expect([(await holdOf(flows.fromStripe)).reason, (await breakerOf('stripe')).state]).toEqual([undefined, 'closed']);
    expect(await queueDepth(flows.fromStripe)).toBe(0);

    const acted = await type(asOperator, [
      ['status'],
      ['trace', released],
      ['pause', flows.fromStripe],
      ['resume', flows.fromStripe],
      ['pause', 'stripe'],
      ['resume', 'stripe'],
      ['park', 'evt_of_nobody', '--reason', 'it does not matter', ...flow],
      ['parked', 'show', released, '--body', ...flow],
      ['parked', 'release', released, ...flow],
      ['parked', 'discard', given, '--reason', 'a test', ...flow],
      ['parked', 'erase', '--key', second!.id, '--yes', ...flow],
    ]);

    expect(acted.map(({ code, errors }) => [code, errors])).toEqual(acted.map(() => [0, '']));
    await deliveryTimes([first!]);
    await parked(released, 'delivered');
    await expectOneRecordEach([first!]);
    expect(await statusesOf([given])).toEqual(['erased']);
  },
);

import { expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import {
  announce,
  deliveryTimes,
  expectNoneParked,
  expectOneRecordEach,
  unannouncedCustomers,
} from './support/events.ts';
import { holdOf } from './support/health.ts';
import { millrace, startMillrace } from './support/millrace.ts';
import { parked, statusesOf } from './support/parked.ts';
import { policiesOf } from './support/policies.ts';
import { flows, queueDepth } from './support/queues.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { clearFaults, setFault } from './support/systems.ts';

const flow = flows.fromStripe;
const { refusals } = (await policiesOf(flow)).hold;

await openScene();

it(`${refusals} records in a row are refused alike: the flow holds itself, and no more is parked; resumed and released, all is delivered`, async () => {
  onTestFinished(async () => void (await millrace('resume', flow)));
  const records = await unannouncedCustomers(refusals + 4);
  const [first, [last, ...later]] = [records.slice(0, refusals - 1), records.slice(refusals - 1)];
  const calls = await watchCalls();
  await setFault('salesforce', { fault: 'no-such-field', operation: 'upsert' });

  const eventIds: string[] = [];
  for (const record of first) {
    eventIds.push(await announce(record));
    await parked(record.id);
  }
  await announce(last!);
  await waitFor(async () => (await holdOf(flow)).reason, { what: 'the flow holds itself' });
  await Promise.all(later.map(announce));
  const paused = await millrace('pause', flow);
  const waiting = await queueDepth(flow);
  await clearFaults();
  const resumed = await millrace('resume', flow);
  const interrupted = await startMillrace('parked', 'release', '--all', '--flow', flow, '--yes', '--rate', '0.5');
  await parked(eventIds[0]!, 'delivered');
  interrupted.interrupt();
  const { code, errors } = await interrupted.ended;
  const released = await millrace('parked', 'release', '--all', '--flow', flow, '--yes');

  expect(paused.output).toMatch(/stripe-customer-to-account.*held itself \(refused: INVALID_FIELD\)/);
  expect(waiting).toBe(1 + later.length);
  expect(resumed.output).toMatch(/-> +.*stripe-customer-to-account.*held itself.*runs/);
  expect({ code, errors }).toEqual({ code: 130, errors: expect.stringMatching(/Interrupted after \d+ of/) });
  expect(released.code).toBe(0);
  await deliveryTimes(records);
  await waitFor(async () => (await statusesOf(eventIds)).every((status) => status === 'delivered'));
  expect((await calls('salesforce')).filter(({ fault }) => fault === 'no-such-field')).toHaveLength(refusals);
  await expectNoneParked([last!, ...later]);
  await expectOneRecordEach(records);
});

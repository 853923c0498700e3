import { afterEach, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, atRest, deliveryTimes, unannouncedAccounts, unannouncedCustomers } from './support/events.ts';
import { openedBreaker } from './support/health.ts';
import { millrace, startMillrace } from './support/millrace.ts';
import { parked } from './support/parked.ts';
import { changePolicies } from './support/policies.ts';
import { flows, queueDepth } from './support/queues.ts';
import { openScene } from './support/scene.ts';
import { clearFaults, setFault } from './support/systems.ts';

await openScene();

// It may not outlive its test.
afterEach(() => millrace('resume', flows.fromSalesforce));

/** What scripts are told of the two flows and systems that are driven here. */
async function look() {
  const { code, output, errors } = await millrace('status', '--json');
  expect([code, errors]).toEqual([0, '']);
  const status = JSON.parse(output);
  const flow = (name: string) => status.flows.find((each: { flow: string }) => each.flow === name);
  const system = (name: string) => status.systems.find((each: { system: string }) => each.system === name);
  const symptoms = status.findings.map(
    ({ flow, system: of, symptom }: Record<string, string>) => `${flow ?? of} ${symptom}`,
  );
  return { fromStripe: flow(flows.fromStripe), fromSalesforce: flow(flows.fromSalesforce), system, symptoms };
}

const symptomsNow = async () => (await look()).symptoms;

it('what is parked, held, held back and queued, and that it is over', async () => {
  const before = await look();
  const [poison, ...customers] = await unannouncedCustomers(3);
  const accounts = await unannouncedAccounts(2);
  await setFault('salesforce', { fault: 'no-such-field', operation: 'upsert', record: poison!.id });
  const poisonId = await announce(poison!);
  await parked(poisonId);
  await clearFaults();
  await millrace('pause', flows.fromSalesforce);
  await setFault('salesforce', { fault: 'down' });
  await Promise.all([...customers, ...accounts].map(announce));
  await openedBreaker('salesforce');
  await waitFor(async () => (await queueDepth(flows.fromSalesforce)) === 2);

  const during = await look();
  const screen = await millrace('status');
  const checked = await millrace('status', '--check');

  const { fromStripe, fromSalesforce, system, symptoms } = during;
  expect(fromStripe.parked.parked).toBe(before.fromStripe.parked.parked + 1);
  expect(fromStripe.queue.visible + fromStripe.queue.inFlight).toBe(2);
  expect(fromSalesforce).toMatchObject({ held: 'operator', queue: { oldestSeconds: null } });
  expect(system('salesforce').breaker).toMatchObject({ state: 'open', reason: 'failures' });
  expect(system('salesforce').tokenAgeSeconds).toBeGreaterThanOrEqual(0);
  expect(system('salesforce').budget).toMatchObject({ max: 100_000, used: expect.any(Number) });
  expect(system('stripe').breaker.state).toBe('closed');
  const expected = [`${flows.fromStripe} ParkedEvents`, `${flows.fromSalesforce} FlowHeld`, 'salesforce BreakerOpen'];
  expect(symptoms).toEqual(expect.arrayContaining(expected));
  expect([screen.code, checked.code]).toEqual([0, 4]);
  expect(screen.output).toMatch(/ account-to-stripe-customer .* paused /);
  expect(screen.output).toMatch(/ salesforce .* it does not answer; next probe /);

  await clearFaults();
  await millrace('resume', flows.fromSalesforce);
  await deliveryTimes([...customers, ...accounts]);
  await millrace('parked', 'release', poisonId);
  await deliveryTimes([poison!]);
  await atRest();
  // Other promises may have left something parked.
  const ours = expected.filter((symptom) => !before.symptoms.includes(symptom));
  await waitFor(async () => !(await symptomsNow()).some((symptom: string) => ours.includes(symptom)), { everyMs: 500 });
});

it('an event is late once it has spent its first attempts, until it is delivered', async () => {
  const [record] = await unannouncedCustomers(1);
  const putBack = await changePolicies(flows.fromStripe, { retry: { attempts: 2, poisonAfterMs: 600_000 } });
  onTestFinished(putBack);
  await setFault('salesforce', { fault: 'down', operation: 'upsert', record: record!.id });
  const eventId = await announce(record!);
  const lateEvents = async () => (await look()).fromStripe.late.events;
  const isOurs = ({ event }: { event: string }) => event === eventId;

  const late = await waitFor(async () => (await lateEvents()).find(isOurs), { timeoutMs: 30_000, everyMs: 500 });
  const screen = await millrace('status');
  await clearFaults();

  expect(late).toMatchObject({ key: record!.id });
  expect(screen.output).toMatch(new RegExp(`LateEvents .* ${eventId} has been tried for `));
  await deliveryTimes([record!], 60_000);
  await waitFor(async () => !(await lateEvents()).some(isOurs), { everyMs: 500 });
}, 120_000);

it('it looks again until Ctrl-C, which is how it ends well', async () => {
  const watching = await startMillrace('status', '--watch', '--json');
  const looks = () =>
    watching
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));

  await waitFor(() => looks().length >= 2);
  watching.interrupt();
  const { code, errors } = await watching.ended;

  expect([code, errors]).toEqual([0, '']);
  expect(new Set(looks().map((line) => JSON.parse(line).at)).size).toBeGreaterThanOrEqual(2);
});

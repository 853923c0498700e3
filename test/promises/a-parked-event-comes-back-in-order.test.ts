/** Of a flow whose keys halt behind a parked event. The shipped flows go on, so here one of them is deployed otherwise. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, atRest, deliveryTimes, unannouncedCustomers } from './support/events.ts';
import { millrace } from './support/millrace.ts';
import { parked, parkedAbout, statusesOf } from './support/parked.ts';
import { changePolicies } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { clearFaults, setFault } from './support/systems.ts';

const flow = flows.fromStripe;
let putBack: () => Promise<void>;

await openScene();

beforeAll(async () => {
  putBack = await changePolicies(flow, { parking: { afterDeadLetter: 'halt-key' } });
});

afterAll(async () => {
  await atRest([flow]);
  await putBack();
});

/** A record whose first event is parked, and whose later ones stand behind it. */
async function aHaltedKey(events: number) {
  const [record] = await unannouncedCustomers(1);
  await setFault('salesforce', { fault: 'no-such-field', operation: 'upsert', record: record!.id });
  const eventIds = [await announce(record!)];
  await parked(eventIds[0]!);
  while (eventIds.length < events) eventIds.push(await announce(record!));
  await parked(eventIds.at(-1)!, 'waiting');
  return { record: record!, eventIds };
}

const release = (eventId: string) => millrace('parked', 'release', eventId);

it('later events of its key wait; released too early it is parked where it stood; mended and released, all are delivered in order', async () => {
  const [[neighbour], calls] = [await unannouncedCustomers(1), await watchCalls()];
  const { record, eventIds } = await aHaltedKey(3);
  const [first, second] = eventIds as [string, string, string];
  await announce(neighbour!);

  const outOfTurn = await release(second);
  const tooEarly = await release(first);
  await waitFor(async () => (await parked(first)).generation === 2, { what: 'parked once more' });
  const statuses = await statusesOf(eventIds);
  await clearFaults();
  // Within five minutes of the first release, and by two operators at once.
  const inTime = await Promise.all([release(first), release(first)]);

  await waitFor(async () => (await statusesOf(eventIds)).every((status) => status === 'delivered'));
  expect(outOfTurn).toMatchObject({ code: 1, output: expect.stringContaining(`stands behind ${first}`) });
  expect(tooEarly.code).toBe(0);
  // The slower one of the two may be told that it came too late.
  expect(inTime.map(({ code }) => code)).toContain(0);
  expect(statuses).toEqual(['parked', 'waiting', 'waiting']);
  const items = await parkedAbout(record.id);
  const inOrder = items.toSorted((one, other) => Number(one.settledMs) - Number(other.settledMs));
  expect(inOrder.map(({ sk }) => sk)).toEqual(eventIds);
  expect(items.filter(({ body }) => body !== undefined)).toEqual([]);
  const writes = (await calls('salesforce')).filter(({ path }) => path.endsWith(record.id));
  expect(writes.map(({ status }) => status)).toEqual([400, 400, 201, 200, 200]);
  await deliveryTimes([neighbour!]);
});

it('discarded, it lets the next one of its key go', async () => {
  const { record, eventIds } = await aHaltedKey(2);
  const [first, second] = eventIds as [string, string];
  await clearFaults();

  const discarded = await millrace('parked', 'discard', first, '--reason', 'entered twice');

  await parked(second, 'delivered');
  expect(discarded).toMatchObject({ code: 0, output: expect.stringContaining(`${second} stood behind it`) });
  expect(await statusesOf(eventIds)).toEqual(['discarded', 'delivered']);
  await deliveryTimes([record]);
});

import { expect, it } from 'vitest';
import { type Container, startContainer } from './support/containers.ts';
import { expectNoneParked, expectOneRecordEach, unannouncedAccounts } from './support/events.ts';
import { environmentOf } from './support/functions.ts';
import { limitsOf } from './support/health.ts';
import { aMessage } from './support/messages.ts';
import { functionOf } from './support/names.ts';
import { createOwnQueue, type OwnQueue } from './support/own-queue.ts';
import { flows } from './support/queues.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { timeOfCall } from './support/systems.ts';

const flow = flows.fromSalesforce;
const [rate, burst] = [10, 10];
const events = 60;
const batchSize = 5;

await openScene();

/** A container to which it is always so much later than it is, in milliseconds, and Stripe has the limit of this test. */
async function startWrong(queue: OwnQueue, byMs: number): Promise<Container> {
  const { LIMITS = '{}' } = await environmentOf(functionOf('deliver-event', flow));
  const clock = `data:text/javascript,const now=Date.now;Date.now=()=>now()+${byMs}`;
  return startContainer(flow, {
    QUEUE_URL: queue.url,
    LIMITS: JSON.stringify({ ...JSON.parse(LIMITS), stripe: { perSecond: { rate, burst } } }),
    NODE_OPTIONS: `--import=${encodeURI(clock)}`,
  });
}

/** Does with a container what Lambda does, until nothing is left. */
async function keepBusy(container: Container, queue: OwnQueue): Promise<void> {
  while ((await queue.depth()) > 0) {
    const batch = await queue.receiveBatch(batchSize);
    // On a busy machine a function may run out of its time: then nothing of the batch is deleted.
    const failed = batch.length === 0 ? [] : await container.run(batch);
    const settled = batch.filter(({ messageId }) => failed?.includes(messageId) === false);
    await Promise.all(settled.map(queue.delete));
  }
}

it('four containers drain a backlog by clocks that differ: in no time t more than rate x t + burst calls', async () => {
  const records = await unannouncedAccounts(events);
  const queue = await createOwnQueue(10);
  const containers = await Promise.all([-150, -50, 50, 150].map((byMs) => startWrong(queue, byMs)));
  const calls = await watchCalls();
  await Promise.all(records.map(({ id }) => queue.send(aMessage(flow, id))));
  const given = (await limitsOf('stripe')).total;

  await Promise.all(containers.map((container) => keepBusy(container, queue)));

  const times = (await calls('stripe')).map(timeOfCall).toSorted((one, other) => one - other);
  const over = times.flatMap((from, first) =>
    times.slice(first).map((to, nth) => nth + 1 - (rate * (to - from)) / 1000 - burst),
  );
  expect(times.length).toBeGreaterThanOrEqual(events);
  expect(Math.max(...over)).toBeLessThanOrEqual(0);
  // They asked for every one of them: it was not by chance.
  expect((await limitsOf('stripe')).total - given).toBeGreaterThanOrEqual(times.length);
  await expectNoneParked(records);
  await expectOneRecordEach(records);
});

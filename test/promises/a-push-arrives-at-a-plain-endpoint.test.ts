import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { holdsFor, waitFor } from '../support/wait-for.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { parkedAbout } from './support/parked.ts';
import { aBranch, aCommit, failAt, mend, notices, noticesAt, postAsGithub, push, pushEvent } from './support/pushes.ts';

/** Longer than a delivery takes here. */
const longEnoughMs = 3_000;

it('each push to a branch arrives, at both destinations, in the order in which they were made', async () => {
  const [branch, commits] = [aBranch(), [aCommit(), aCommit(), aCommit()]];

  for (const [index, commit] of commits.entries()) await push(branch, commit, index === 0);

  for (const system of ['endpoint', 'graphql'] as const) {
    const told = await notices(system, branch, 3);
    expect(told.map(({ to }) => to)).toEqual(commits);
    expect(told.map(({ from }) => from)).toEqual(['0'.repeat(40), commits[0], commits[1]]);
    expect(told[0]).toMatchObject({ repository: 'octo/mill', forced: false, pushedBy: 'mona' });
  }
});

it("GitHub's own payload arrives, signed by other code; delivered again under its id it has one effect", async () => {
  const [branch, delivery] = [aBranch(), randomUUID()];
  const event = pushEvent(branch, aCommit());

  const statuses = [await postAsGithub(event, { delivery }), await postAsGithub(event, { delivery })];

  expect(statuses).toEqual([202, 202]);
  await notices('endpoint', branch);
  await holdsFor(async () => (await noticesAt('endpoint', branch)).length === 1, longEnoughMs);
});

it('with a wrong signature it is refused, and nothing arrives', async () => {
  const branch = aBranch();

  const status = await postAsGithub(pushEvent(branch, aCommit()), { secret: 'not the secret' });

  expect(status).toBe(401);
  await holdsFor(async () => (await noticesAt('endpoint', branch)).length === 0, longEnoughMs);
});

it('the ping of a new webhook is taken, and nobody is told', async () => {
  const delivery = randomUUID();

  const status = await postAsGithub({ zen: 'Keep it logically awesome.', hook_id: 1 }, { event: 'ping', delivery });

  expect(status).toBe(202);
  const ignored = await logEntry({ message: 'event ignored', eventType: 'ping' });
  expect(String(ignored.eventId)).toMatch(/^[\w-]+\.[0-9a-f]{32}$/);
});

it('while the endpoint is down it waits, and later pushes to the branch behind it; none is lost, doubled or parked', async () => {
  const [branch, commits] = [aBranch(), [aCommit(), aCommit()]];
  await failAt('endpoint', { fault: 'down' });

  for (const [index, commit] of commits.entries()) await push(branch, commit, index === 0);
  await logEntry({
    message: 'attempt failed',
    flow: 'push-to-endpoint',
    subject: `${branch.repository}#${branch.ref}`,
  });
  await mend('endpoint');

  const told = await notices('endpoint', branch, 2, 30_000);
  expect(told.map(({ to }) => to)).toEqual(commits);
  expect(await parkedAbout(branch.ref)).toEqual([]);
});

it('an answer that was lost doubles nothing: the endpoint knows the repeat by its key', async () => {
  const [branch, commit] = [aBranch(), aCommit()];
  await failAt('endpoint', { fault: 'lost-response', record: branch.ref, times: 1 });

  await push(branch, commit);

  await logEntry({
    message: 'event delivered',
    flow: 'push-to-endpoint',
    subject: `${branch.repository}#${branch.ref}`,
  });
  expect(await noticesAt('endpoint', branch)).toHaveLength(1);
  expect(logEntries({ message: 'attempt failed', flow: 'push-to-endpoint', code: 'connection' })).not.toEqual([]);
});

it('what the endpoint refuses for good is parked with its code', async () => {
  const branch = aBranch();

  await postAsGithub(pushEvent(branch, aCommit(), 'm'.repeat(1_001)));

  const { letter } = await waitFor(async () =>
    (await parkedAbout(branch.ref)).find(({ pk }) => pk.endsWith('push-to-endpoint')),
  );
  expect(letter).toMatchObject({ category: 'permanent', lastErrorCode: 'text_too_long' });
});

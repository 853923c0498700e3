import { afterEach, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { parkedAbout } from './support/parked.ts';
import { aBranch, aCommit, failAt, mend, notices, noticesAt, postAsGithub, push, pushEvent } from './support/pushes.ts';

const flow = 'push-to-catalog';
const subjectOf = ({ repository, ref }: ReturnType<typeof aBranch>) => `${repository}#${ref}`;

afterEach(() => mend('graphql'));

it('throttled: comes back after the time that it is told, and no attempt is counted', async () => {
  const branch = aBranch();
  await failAt('graphql', { fault: 'throttle', retryAfter: 2, record: branch.ref, times: 1 });

  await push(branch, aCommit());

  await notices('graphql', branch);
  const deferred = await logEntry({ message: 'delivery deferred', flow, subject: subjectOf(branch) });
  expect(deferred).toMatchObject({ category: 'busy', code: 'THROTTLED', status: 200, waitSeconds: 2, attempts: 0 });
  expect(await noticesAt('graphql', branch)).toHaveLength(1);
});

it('failed within: tried again, and written once', async () => {
  const branch = aBranch();
  await failAt('graphql', { fault: 'down', record: branch.ref, times: 1 });

  await push(branch, aCommit());

  await notices('graphql', branch);
  const failed = await logEntry({ message: 'attempt failed', flow, subject: subjectOf(branch) });
  expect(failed).toMatchObject({ category: 'transient', code: 'INTERNAL_SERVER_ERROR', status: 200 });
  expect(await noticesAt('graphql', branch)).toHaveLength(1);
});

it('not taken as it is: parked with the code, at once', async () => {
  const branch = aBranch();

  await postAsGithub(pushEvent(branch, aCommit(), 'm'.repeat(1_001)));

  const item = await waitFor(async () => (await parkedAbout(branch.ref)).find(({ pk }) => pk.endsWith(flow)));
  expect(item).toMatchObject({ status: 'parked', letter: { category: 'permanent', lastErrorCode: 'BAD_USER_INPUT' } });
  expect(await noticesAt('graphql', branch)).toEqual([]);
});

it('not signed in: held for all, nothing is parked, and it arrives once the access is back', async () => {
  const branch = aBranch();
  await failAt('graphql', { fault: 'revoked' });

  await push(branch, aCommit());
  await logEntry({ message: 'breaker opened', system: 'catalog', reason: 'auth' });
  await mend('graphql');

  await notices('graphql', branch, 1, 30_000);
  expect(logEntries({ message: 'attempt failed', flow, subject: subjectOf(branch) })).toEqual([]);
  expect((await parkedAbout(branch.ref)).filter(({ pk }) => pk.endsWith(flow))).toEqual([]);
});

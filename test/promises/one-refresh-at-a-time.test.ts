import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { textHash } from '../../functions/aws/text-hash.ts';
import type { RefreshAnswer } from '../../functions/contract/tokens.ts';
import { waitFor } from '../support/wait-for.ts';
import { startBundle } from './support/bundle-process.ts';
import { type Container, startContainer } from './support/containers.ts';
import { type Unannounced, unannouncedCustomers } from './support/events.ts';
import { aMessage } from './support/messages.ts';
import { flows } from './support/queues.ts';
import { expectOneOfEach, openScene, watchCalls } from './support/scene.ts';
import { setFault } from './support/systems.ts';
import { endSession, readToken, tokenCalls } from './support/tokens.ts';

await openScene();

/** What a run of refresh-token answered. */
const kindOf = (answer: { result?: unknown } | undefined) => (answer?.result as RefreshAnswer | undefined)?.kind;

/** Has a container deliver the events of records until none of them comes back; resolves to how often it ran. */
async function deliver(container: Container, records: readonly Unannounced[]): Promise<number> {
  // Of no queue: nothing comes back that is not made here.
  let left = records.map(({ id }) => ({
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()), MessageGroupId: randomUUID() },
    body: JSON.stringify(aMessage(flows.fromStripe, id)),
  }));
  let runs = 0;
  const settled = async () => {
    runs += 1;
    const failed = (await container.run(left)) ?? [];
    left = left.filter(({ messageId }) => failed.includes(messageId));
    return left.length === 0;
  };
  await waitFor(settled, { everyMs: 200, what: 'delivery by one container' });
  return runs;
}

it('six containers whose token ends at the same moment: one token is fetched, and all go on with it', async () => {
  const containers = await Promise.all(Array.from({ length: 6 }, () => startContainer(flows.fromStripe)));
  const warm = await unannouncedCustomers(containers.length);
  for (const [index, container] of containers.entries()) await deliver(container, [warm[index]!]);
  const records = await unannouncedCustomers(3 * containers.length);
  const calls = await watchCalls();
  await endSession();

  await Promise.all(containers.map((container, index) => deliver(container, records.slice(3 * index, 3 * index + 3))));

  const made = await calls('salesforce');
  const refused = made.filter(({ status }) => status === 401);
  expect(refused.length).toBeGreaterThanOrEqual(containers.length);
  expect(tokenCalls(made).asked).toMatchObject([{ status: 200 }]);
  await expectOneOfEach(records);
});

it('eight processes of refresh-token at once: one calls, and none makes another wait for nothing', async () => {
  const processes = await Promise.all(Array.from({ length: 8 }, () => startBundle('refresh-token', 'salesforce')));
  const refused = textHash(await readToken());
  const calls = await watchCalls();
  await setFault('salesforce', { fault: 'slow', ms: 500, operation: 'token' });

  const answers = await Promise.all(processes.map(({ invoke }) => invoke({ refused })));

  const hash = textHash(await readToken());
  const kinds = answers.map(kindOf);
  expect(tokenCalls(await calls('salesforce')).asked).toMatchObject([{ status: 200 }]);
  expect(answers).toContainEqual({ result: { kind: 'stored', hash } });
  expect(kinds.filter((kind) => kind !== 'stored' && kind !== 'wait')).toEqual([]);
  expect(hash).not.toBe(refused);
});

it('the one that fetches is killed: the others wait until its lease ends, then one of them fetches', async () => {
  const [killed, ...others] = await Promise.all(
    Array.from({ length: 3 }, () => startBundle('refresh-token', 'salesforce')),
  );
  const refused = textHash(await readToken());
  const calls = await watchCalls();
  const asked = async () => tokenCalls(await calls('salesforce')).asked.length;
  await setFault('salesforce', { fault: 'slow', ms: 3_000, operation: 'token', times: 1 });

  const ended = killed!.invoke({ refused });
  await waitFor(async () => (await asked()) === 1, { everyMs: 10, what: 'its call for a token' });
  killed!.kill();
  expect(await ended).toBeUndefined();
  const askAll = () => Promise.all(others.map(({ invoke }) => invoke({ refused })));
  expect(await askAll()).toMatchObject(others.map(() => ({ result: { kind: 'wait', code: 'refresh-in-progress' } })));
  expect(await asked()).toBe(1);
  const stored = async () => (await askAll()).some((answer) => kindOf(answer) === 'stored');
  await waitFor(stored, { timeoutMs: 20_000, everyMs: 200, what: 'a token after the lease has ended' });

  expect(await asked()).toBe(2);
  expect(textHash(await readToken())).not.toBe(refused);
});

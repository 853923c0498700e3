import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { functionName } from '../../lib/naming.ts';
import { holdsFor, waitFor } from '../support/wait-for.ts';
import { deleteObject, objectKeys, objectsAbout } from './support/bucket.ts';
import { environmentOf, setEnvironment } from './support/functions.ts';
import { logEntry } from './support/logs.ts';
import { millrace } from './support/millrace.ts';
import { stage } from './support/names.ts';
import { type ParkedItem, parkedAbout } from './support/parked.ts';
import { aBranch, aCommit, failAt, mend, notices, noticesAt, postAsGithub, pushEvent } from './support/pushes.ts';

const flow = 'push-to-endpoint';
const deliverer = functionName(stage, 'github-push', `deliver-event-${flow}`);
const receiver = functionName(stage, 'github-push', 'receive-webhook-github');

type Branch = ReturnType<typeof aBranch>;

/** A push of some thousand commits, as a merge of a long-lived branch is: 700 KB, most of it told to nobody. */
function aLargePush(branch: Branch) {
  const commits = Array.from({ length: 3_500 }, () => ({ id: aCommit(), message: `Zo\u00eb: ${'x'.repeat(120)}` }));
  const after = aCommit();
  return { ...pushEvent(branch, after), after, commits };
}

/** As the flow to the endpoint parked it. */
function parkedOf({ ref }: Branch, status = 'parked'): Promise<ParkedItem> {
  const look = async () =>
    (await parkedAbout(ref)).find((item) => item.pk.endsWith(flow) && item.status === status) ?? false;
  return waitFor(look, { what: `a push to ${ref} is ${status}`, everyMs: 100 });
}

/** A large push that the endpoint refused, once. */
async function aParkedPush() {
  const branch = aBranch();
  const event = aLargePush(branch);
  await failAt('endpoint', { fault: 'no-such-field', record: branch.ref });
  expect(await postAsGithub(event)).toBe(202);
  const item = await parkedOf(branch);
  await mend('endpoint');
  return { branch, event, item };
}

afterEach(() => mend('endpoint'));

it('a push of 700 KB arrives at both destinations; posted again it has one effect, and is stored once for each flow', async () => {
  const [branch, delivery] = [aBranch(), randomUUID()];
  const event = aLargePush(branch);

  const statuses = [await postAsGithub(event, { delivery }), await postAsGithub(event, { delivery })];

  expect(statuses).toEqual([202, 202]);
  for (const system of ['endpoint', 'graphql'] as const) {
    expect(await notices(system, branch)).toMatchObject([{ to: event.after, pushedBy: 'mona' }]);
  }
  await holdsFor(async () => (await noticesAt('endpoint', branch)).length === 1, 3_000);
  const keys = await objectsAbout(branch.ref);
  expect(keys.toSorted()).toEqual(
    ['push-to-catalog', flow].map((name) =>
      expect.stringMatching(new RegExp(`^events/github-push/${name}/[0-9a-f]{64}/[0-9a-f]{64}$`)),
    ),
  );
});

it('a small one is stored nowhere but in its message', async () => {
  const [branch, before] = [aBranch(), await objectKeys()];

  expect(await postAsGithub(pushEvent(branch, aCommit()))).toBe(202);

  await notices('endpoint', branch);
  expect(await objectKeys()).toEqual(before);
});

describe('one that is parked', () => {
  it('is shown with its data, and arrives when it is released', async () => {
    const { branch, event, item } = await aParkedPush();

    const facts = await millrace('parked', 'show', item.sk, '--flow', flow);
    const shown = await millrace('parked', 'show', item.sk, '--flow', flow, '--body');
    const released = await millrace('parked', 'release', item.sk, '--flow', flow);

    expect([facts, shown, released].map(({ code, errors }) => [code, errors])).toEqual(Array(3).fill([0, '']));
    expect(item.body?.length).toBeLessThan(2_000);
    expect(JSON.parse(item.body ?? '')).toMatchObject({ dataref: expect.stringMatching(/^parked\/github-push\//) });
    expect(facts.output).toMatch(/Data +│ +\d{3} KB, in the bucket/);
    expect(facts.output).not.toContain('mona');
    expect(JSON.parse(shown.output.slice(shown.output.indexOf('\n{')))).toMatchObject({ data: event });
    expect(await notices('endpoint', branch)).toMatchObject([{ to: event.after }]);
    await parkedOf(branch, 'delivered');
  });

  it('leaves no data in the bucket once its key is erased', async () => {
    const { branch, item } = await aParkedPush();
    const isOfFlow = (key: string) => key.includes(`/${flow}/`);
    expect((await objectsAbout(branch.ref)).filter(isOfFlow)).toHaveLength(2);

    const erased = await millrace('parked', 'erase', '--key', `${branch.repository}#${branch.ref}`, '--yes');

    expect(erased).toMatchObject({ code: 0, errors: '', output: expect.stringContaining('Erased 1 event.') });
    expect((await objectsAbout(branch.ref)).filter(isOfFlow)).toEqual([]);
    expect((await parkedAbout(item.sk)).map(({ status }) => status)).toEqual(['erased']);
  });
});

it('one whose data is not there any more is parked with that reason', async () => {
  const branch = aBranch();
  await millrace('pause', flow);
  expect(await postAsGithub(aLargePush(branch))).toBe(202);
  const [key] = (await objectsAbout(branch.ref)).filter((each) => each.includes(`/${flow}/`));
  await deleteObject(key!);

  await millrace('resume', flow);

  const { letter } = await parkedOf(branch);
  expect(letter).toMatchObject({ category: 'permanent', lastErrorCode: 'data-gone' });
  expect(await noticesAt('endpoint', branch)).toEqual([]);
});

describe('while the bucket can not be had', () => {
  /** Nobody listens there. */
  const nowhere = { AWS_ENDPOINT_URL_S3: 'https://localhost:9' };

  it('its event waits, and is not parked; it arrives when the bucket is back', async ({ onTestFinished }) => {
    const granted = await environmentOf(deliverer);
    onTestFinished(() => setEnvironment(deliverer, granted));
    const branch = aBranch();
    await setEnvironment(deliverer, { ...granted, ...nowhere });

    expect(await postAsGithub(aLargePush(branch))).toBe(202);
    await logEntry({
      message: 'delivery deferred',
      flow,
      code: 'data-unavailable',
      subject: `${branch.repository}#${branch.ref}`,
    });
    await setEnvironment(deliverer, granted);

    await notices('endpoint', branch, 1, 30_000);
    expect(await parkedAbout(branch.ref)).toEqual([]);
  });

  it('its source is asked to send it again, and a small one is taken', async ({ onTestFinished }) => {
    const granted = await environmentOf(receiver);
    onTestFinished(() => setEnvironment(receiver, granted));
    const [large, small] = [aBranch(), aBranch()];
    await setEnvironment(receiver, { ...granted, ...nowhere });

    const statuses = [await postAsGithub(aLargePush(large)), await postAsGithub(pushEvent(small, aCommit()))];

    expect(statuses).toEqual([503, 202]);
    await notices('endpoint', small);
    expect(await noticesAt('endpoint', large)).toEqual([]);
  });
});

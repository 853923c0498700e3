import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createOnce } from '../../../functions/state/once.ts';
import { ownClock } from '../deliver-event/support/clock.ts';
import { MemoryPersistence, MemoryTable } from '../deliver-event/support/state-table.ts';

const done = { destinationId: 'b1', created: true };
const thirtyDays = 30 * 24 * 60 * 60;

/** An invocation that has so much time left. */
const invocation = (remainingMs: number) => () => remainingMs;

function aStore() {
  const clock = ownClock();
  const table = new MemoryTable();
  const onceIn = createOnce(new MemoryPersistence(table), { integration: 'test', flow: 'flow' });
  return { clock, table, onceIn, once: onceIn(invocation(30_000)) };
}

/** Holds a lock: work that was begun and never ends. */
function hang(once: ReturnType<ReturnType<typeof aStore>['onceIn']>, key: string) {
  const begun = Promise.withResolvers<void>();
  void once(key, () => {
    begun.resolve();
    return new Promise(() => {});
  });
  return begun.promise;
}

describe('createOnce, on Powertools', () => {
  it('does the work, then answers what was kept without doing it', async () => {
    const { once } = aStore();
    const work = vi.fn(async () => done);

    const first = await once('key', work);
    const second = await once('key', work);

    expect(first).toEqual({ kind: 'done', delivered: done, seenBefore: false });
    expect(second).toEqual({ kind: 'done', delivered: done, seenBefore: true });
    expect(work).toHaveBeenCalledOnce();
  });

  it('keeps ids only, for thirty days', async () => {
    const { clock, once, table } = aStore();

    await once('key', async () => ({ gone: true }));
    await once('other', async () => done);

    const kept = [...table.rows.values()];
    expect(kept.map(({ status, data }) => [status, data])).toEqual([
      ['COMPLETED', { gone: true }],
      ['COMPLETED', done],
    ]);
    expect(kept.map(({ expiresAt }) => expiresAt)).toEqual(Array(2).fill(clock.now() / 1000 + thirtyDays));
  });

  it('locks for no longer than the invocation can last, each invocation anew', async () => {
    const { clock, onceIn, table } = aStore();

    await hang(onceIn(invocation(30_000)), 'first');
    clock.advance(60_000);
    await hang(onceIn(invocation(5_000)), 'second');

    const ends = [...table.rows.values()].map(({ inProgressExpiresAtMs = 0 }) => inProgressExpiresAtMs);
    expect(ends.map((atMs) => atMs - clock.now())).toEqual([-30_000, 5_000]);
  });

  it('answers "in progress" while another run holds the lock, and takes it over afterwards', async () => {
    const { clock, once, onceIn } = aStore();
    await hang(once, 'key');

    clock.advance(29_999);
    const early = await onceIn(invocation(20_000))('key', async () => done);
    clock.advance(2);
    const late = await once('key', async () => done);

    expect(early).toEqual({ kind: 'in-progress', freeInMs: 20_000 });
    expect(late).toEqual({ kind: 'done', delivered: done, seenBefore: false });
  });

  it('forgets work that throws, and throws the very same thing', async () => {
    const { once, table } = aStore();
    const error = new RangeError('work failed');

    const failed = once('key', () => Promise.reject(error));
    await expect(failed).rejects.toBe(error);
    const leftBehind = table.rows.size;
    const again = await once('key', async () => done);

    expect(leftBehind).toBe(0);
    expect(again).toMatchObject({ seenBefore: false });
  });

  it('refuses an empty key rather than work without protection', async () => {
    const { once } = aStore();
    const work = vi.fn(async () => done);

    const refused = once('', work);

    await expect(refused).rejects.toThrow('Failed to save in progress record');
    expect(work).not.toHaveBeenCalled();
  });

  it('knows what it did after the function got another name', async () => {
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'millrace-dev-one');
    const { once, table } = aStore();
    await once('key', async () => done);

    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'millrace-dev-two');
    const renamed = createOnce(new MemoryPersistence(table), { integration: 'test', flow: 'flow' })(invocation(30_000));
    const again = await renamed('key', async () => done);

    expect(again).toMatchObject({ seenBefore: true });
    expect([...table.rows.keys()]).toEqual([expect.stringMatching(/^event:test\/flow#[\w+/]{43}=$/)]);
  });

  it('keeps flows apart that share the table and run at the same time', async () => {
    const { once, table } = aStore();
    const other = createOnce(new MemoryPersistence(table), { integration: 'test', flow: 'other' })(invocation(30_000));
    const gate = Promise.withResolvers<typeof done>();

    const slow = once('key', () => gate.promise);
    const quick = await other('key', async () => done);
    gate.resolve(done);

    expect(quick).toMatchObject({ seenBefore: false });
    expect(await slow).toMatchObject({ seenBefore: false });
    expect([...table.rows.values()].map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it('takes long and odd keys', async () => {
    const { once } = aStore();
    const keys = ['é\u0000"', '😀'.repeat(5_000), ' key', 'key ', 'Key', 'key'];

    const results = await Promise.all(
      keys.map((key) => once(key, async () => ({ destinationId: key, created: false }))),
    );

    expect(results.map((result) => result.kind === 'done' && result.seenBefore)).toEqual(Array(6).fill(false));
  });

  it('fails when the lock can not be had, before any work', async () => {
    const { once, table } = aStore();
    const work = vi.fn(async () => done);
    table.failing.add('lock');

    const failed = once('key', work);

    await expect(failed).rejects.toThrow('Failed to save in progress record');
    expect(work).not.toHaveBeenCalled();
  });
});

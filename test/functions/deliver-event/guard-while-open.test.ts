import { describe, expect, it } from 'vitest';
import { success } from '../../../functions/engine/outcome.ts';
import { quiet } from './support/clock.ts';
import { aGuardedSystem, busy, down, refusal, refused } from './support/guarded-system.ts';

/** A system that is down and whose breaker one container has opened; the clock stands at the opening. */
async function anOpenBreaker() {
  const guarded = aGuardedSystem();
  const first = guarded.container();
  guarded.system.answer = down;
  for (let nth = 0; nth < 10; nth += 1) await first.call();
  return { ...guarded, first };
}

describe('an open breaker', () => {
  it('refuses every call until the next probe, times 1 to 1.1', async () => {
    const { container, clock, system } = await anOpenBreaker();
    const [soonest, middle, latest] = [0, 0.5, 1].map((random) => container({ random }));
    clock.advance(10_000);
    const before = system.calls;

    const outcomes = [await soonest?.call(), await middle?.call(), await latest?.call()];

    expect(outcomes).toEqual([20_000, 21_000, 22_000].map((waitMs) => refusal('breaker-open-failures', waitMs)));
    expect(system.calls).toBe(before);
    expect(system.probes).toEqual([]);
  });

  it('is seen by a container that saw it closed, within a second', async () => {
    const { container, system, clock, first } = { ...aGuardedSystem(), first: undefined };
    const [one, other] = [container(), container()];
    await other.call();
    clock.advance(999);
    await one.call('k', refused);

    const early = await other.call();
    clock.advance(1);
    const late = await other.call();

    expect(first).toBeUndefined();
    expect(early).toEqual(success('done'));
    expect(late).toMatchObject({ kind: 'busy', code: 'breaker-open-auth' });
    expect(system.calls).toBe(3);
  });

  it('is probed by one of many containers and calls, and the others wait for the next probe', async () => {
    const { container, clock, system } = await anOpenBreaker();
    const containers = Array.from({ length: 5 }, () => container());
    const hangs = Promise.withResolvers<typeof down>();
    system.probeAnswer = hangs.promise;
    clock.advance(30_000);
    const before = system.calls;

    const asked = containers.flatMap(({ call }) => [call(), call(), call()]);
    await quiet();
    clock.advance(9_000);
    const late = await container().call();
    hangs.resolve(down);
    const outcomes = await Promise.all(asked);

    expect(system.probes).toHaveLength(1);
    expect(system.calls).toBe(before);
    expect(late).toEqual(refusal('breaker-open-failures', 21_000));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'busy', code: 'breaker-open-failures' });
  });

  // Bug: of a batch only the message that made the probe went on, and the nine beside it waited for another 30 s.
  // Fix: calls of the same container wait for its probe.
  it('lets all that came along with the probe through as soon as it finds the system back', async () => {
    const { container, clock, system } = await anOpenBreaker();
    const hangs = Promise.withResolvers<ReturnType<typeof success<string>>>();
    Object.assign(system, { probeAnswer: hangs.promise, answer: success('done') });
    clock.advance(30_000);
    const { call } = container();

    const asked = [call('k1'), call('k2')];
    await quiet();
    asked.push(call('k3'));
    hangs.resolve(success('alive'));

    expect(await Promise.all(asked)).toEqual(Array(3).fill(success('done')));
    expect(system.probes).toHaveLength(1);
  });

  it('is probed every thirty seconds, whoever is awake', async () => {
    const { container, clock, system, state } = await anOpenBreaker();
    system.probeAnswer = down;
    const startMs = clock.now();
    const { openedMs } = (await state()) as { openedMs: number };
    for (let second = 0; second < 100; second += 1) {
      clock.advance(1_000);
      await container().call();
    }

    expect(system.probes.map((atMs) => atMs - startMs)).toEqual([30_000, 60_000, 90_000]);
    expect(await state()).toMatchObject({ state: 'open', openedMs });
  });

  it.each([
    ['closed', 'a success', success('alive')],
    ['closed', 'busy', busy],
    ['closed', 'refused for good', { ...busy, kind: 'permanent', code: 'INSUFFICIENT_ACCESS' }],
    ['open', 'a failure that may pass', down],
    ['open', 'refused credentials', refused],
    ['open', 'no time left to ask', { ...busy, code: 'out-of-time', retryAfterMs: 0, unasked: true }],
  ] as const)('is %s after a probe that answers %s', async (expected, _what, probeAnswer) => {
    const { container, clock, system, state } = await anOpenBreaker();
    Object.assign(system, { probeAnswer, answer: success('done') });
    clock.advance(30_000);

    const outcome = await container().call();

    expect(await state()).toMatchObject({ state: expected });
    expect(outcome).toEqual(expected === 'closed' ? success('done') : refusal('breaker-open-failures', 30_000));
  });

  it('closes for all', async () => {
    const { container, clock, system, state, first, telemetry } = await anOpenBreaker();
    system.answer = success('done');
    clock.advance(30_000);
    const closedBy = await container().call();
    clock.advance(1_000);

    const elsewhere = await first.call();

    expect([closedBy, elsewhere]).toEqual([success('done'), success('done')]);
    expect(await state()).toMatchObject({ state: 'closed' });
    expect(telemetry.lines.at(-1)).toMatchObject({ message: 'breaker closed', system: 'billing' });
  });

  // Bug: the calls that had opened it were still counted after another container had closed it, so that one failure
  // opened it for another 30 s. Fix: an opening forgets what led to it.
  it('forgets what led to it, wherever it was closed', async () => {
    const { container, clock, system, state, first } = await anOpenBreaker();
    system.answer = success('done');
    clock.advance(30_000);
    await container().call();
    clock.advance(1_000);

    await first.call('k', down);

    expect(await state()).toMatchObject({ state: 'closed' });
  });

  it('is probed by the next when the one who had the lease was killed', async () => {
    const { container, clock, system } = await anOpenBreaker();
    system.probeAnswer = new Promise(() => {});
    clock.advance(30_000);
    void container().call();
    await quiet();
    Object.assign(system, { probeAnswer: success('alive'), answer: success('done') });

    clock.advance(29_999);
    const early = await container().call();
    clock.advance(1);
    const late = await container().call();

    expect(early).toMatchObject({ kind: 'busy' });
    expect(late).toEqual(success('done'));
  });

  it('stays as it is, and nobody is stuck, when a probe throws', async () => {
    const { container, clock, system } = await anOpenBreaker();
    const { call } = container();
    system.probeAnswer = Promise.reject(new TypeError('ours'));
    clock.advance(30_000);

    await expect(call()).rejects.toThrow('ours');
    const next = await call();
    Object.assign(system, { probeAnswer: success('alive'), answer: success('done') });
    clock.advance(30_000);
    const later = await call();

    expect(next).toEqual(refusal('breaker-open-failures', 30_000));
    expect(later).toEqual(success('done'));
  });
});

describe("an operator's hold of a system", () => {
  it('refuses every call and is never probed', async () => {
    const { container, clock, system, health } = aGuardedSystem();
    const held = {
      state: 'open',
      reason: 'operator',
      openedMs: clock.now(),
      probeMs: clock.now(),
      generation: 1,
    } as const;
    await health.replaceBreaker('billing', await health.readBreaker('billing'), held);
    const { call } = container();
    const outcomes = [await call()];
    clock.advance(24 * 60 * 60_000);

    outcomes.push(await call());

    expect(outcomes).toEqual([refusal('held', 30_000), refusal('held', 30_000)]);
    expect([system.calls, system.probes.length]).toEqual([0, 0]);
  });

  // Bug: the call that had made the probe went out although an operator had paused the system meanwhile.
  // Fix: who can't close the breaker makes no call.
  it('wins over a probe that is under way', async () => {
    const { container, clock, system, health, state } = await anOpenBreaker();
    const hangs = Promise.withResolvers<ReturnType<typeof success<string>>>();
    system.probeAnswer = hangs.promise;
    clock.advance(30_000);
    const before = system.calls;
    const asked = container().call();
    await quiet();
    const seen = await state();
    const openedMs = clock.now();
    const held = {
      state: 'open',
      reason: 'operator',
      openedMs,
      probeMs: openedMs,
      generation: seen.generation + 1,
    } as const;
    await health.replaceBreaker('billing', seen, held);

    hangs.resolve(success('alive'));
    const outcome = await asked;

    expect(outcome).toMatchObject({ kind: 'busy' });
    expect(await state()).toMatchObject({ reason: 'operator' });
    expect(system.calls).toBe(before);
  });
});

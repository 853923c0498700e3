import { describe, expect, it } from 'vitest';
import { completions } from '../../../functions/deliver-event/answers.ts';
import { FlowHold } from '../../../functions/deliver-event/flow-hold.ts';
import { defaultPolicies } from '../../../functions/specification/policies.ts';
import { aGuardedSystem } from './support/guarded-system.ts';

/** Containers that deliver one flow. */
function aFlow() {
  const { clock, health, table, container: aContainer } = aGuardedSystem();
  function container() {
    const { answers } = aContainer();
    const hold = new FlowHold({ flow: 'to-billing', health, answers, policies: defaultPolicies, now: clock.now });
    return { hold, complete: (key: string) => answers.note(completions('to-billing'), key, true) };
  }
  return { clock, health, table, container, kept: () => health.readHold('to-billing') };
}

/** Refusals in turn: `code:key`, or `+` for a success; answers which of the refusals found the flow held. */
async function heldBy(container: ReturnType<ReturnType<typeof aFlow>['container']>, happened: string) {
  const held: boolean[] = [];
  for (const each of happened.split(' ')) {
    const [code = '', key = ''] = each.split(':');
    if (code === '+') await container.complete('other');
    else held.push(await container.hold.refused(code, key));
  }
  return held;
}

describe('a flow is held', () => {
  it.each([
    [
      'five refusals by one code, of different records',
      'x:a x:b x:c x:d x:e x:f',
      [false, false, false, false, true, true],
    ],
    ['four', 'x:a x:b x:c x:d', [false, false, false, false]],
    ['one record again and again', 'x:a x:a x:a x:a x:a x:a', Array(6).fill(false)],
    ['another code between', 'x:a x:b y:c x:d x:e x:f x:g', Array(7).fill(false)],
    ['a success between', 'x:a x:b + x:c x:d x:e x:f', Array(6).fill(false)],
  ])('or not by %s', async (_what, happened, expected) => {
    const { container, clock } = aFlow();
    const one = container();
    await one.complete('earlier');
    clock.advance(1);

    expect(await heldBy(one, happened)).toEqual(expected);
  });

  // Bug: successes are noted every ten seconds only, so that five bad records among a hundred good ones held the flow.
  // Fix: after a refusal the next success is noted at once.
  it('not by bad records among good ones, however fast they come', async () => {
    const { container, clock } = aFlow();
    const one = container();
    const held: boolean[] = [];
    for (let nth = 0; nth < 30; nth += 1) {
      clock.advance(10);
      await one.complete(`good-${nth}`);
      held.push(await one.hold.refused('x', `bad-${nth}`));
    }

    expect(held).toEqual(Array(30).fill(false));
  });

  it('by refusals in different containers, and says why to all of them', async () => {
    const { container, clock, kept } = aFlow();
    const containers = Array.from({ length: 5 }, () => container());
    const reasons = [await containers[0]?.hold.reason()];

    for (const [index, { hold }] of containers.entries()) await hold.refused('x', `k${index}`);
    clock.advance(1_000);
    reasons.push(await containers[0]?.hold.reason(), await container().hold.reason());

    expect(reasons).toEqual([undefined, 'refused: x', 'refused: x']);
    expect((await kept()).refused).toEqual({
      code: 'x',
      sinceMs: clock.now() - 1_000,
      keys: ['k0', 'k1', 'k2', 'k3', 'k4'],
    });
  });

  it('at once for the container that found out', async () => {
    const { container } = aFlow();
    const one = container();
    await one.hold.reason();

    await heldBy(one, 'x:a x:b x:c x:d x:e');

    expect(await one.hold.reason()).toBe('refused: x');
  });

  it('looked up once a second', async () => {
    const { container, clock, table } = aFlow();
    const { hold } = container();

    for (const ms of [0, 500, 499, 1, 999]) {
      clock.advance(ms);
      await hold.reason();
    }

    expect(table.calls).toHaveLength(2);
  });

  it('by an operator until an operator lets go: a refusal that was under way changes nothing of it', async () => {
    const { container, health, kept } = aFlow();
    const { hold } = container();
    await health.replaceHold('to-billing', await kept(), { reason: 'operator', refused: undefined });

    const held = await hold.refused('x', 'a');

    expect(held).toBe(true);
    expect(await kept()).toMatchObject({ reason: 'operator' });
  });

  it('no more, once it was resumed, by what was refused before', async () => {
    const { container, health, clock, kept } = aFlow();
    const one = container();
    await heldBy(one, 'x:a x:b x:c x:d x:e');
    await health.replaceHold('to-billing', await kept(), { reason: undefined, refused: undefined });
    clock.advance(1_000);

    expect(await one.hold.reason()).toBeUndefined();
    expect(await heldBy(one, 'x:f x:g x:h x:i')).toEqual([false, false, false, false]);
  });

  // Bug: refusals in parallel wrote over one another, so that six or seven events were parked instead of four.
  // Fix: a hold has a generation; who comes second looks at it anew.
  it('at the fifth of refusals in parallel, in whatever containers', async () => {
    const { container, kept } = aFlow();
    const containers = Array.from({ length: 5 }, () => container());

    const held = await Promise.all(containers.map(({ hold }, index) => hold.refused('x', `k${index}`)));

    expect(held.filter(Boolean)).toHaveLength(1);
    expect((await kept()).refused?.keys.toSorted()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4']);
  });

  it('by an operator who pauses it while a refusal is counted', async () => {
    const { container, health, table, kept } = aFlow();
    let isPaused = false;
    table.before.push(async ({ step }) => {
      if (step !== 'replace' || isPaused) return;
      isPaused = true;
      await health.replaceHold('to-billing', await kept(), { reason: 'operator', refused: undefined });
    });

    const held = await container().hold.refused('x', 'a');

    expect(held).toBe(true);
    expect(await kept()).toMatchObject({ reason: 'operator', refused: { keys: ['a'] } });
  });

  it('by nobody where its switch changes again and again: the event is handed back', async () => {
    const { container, table } = aFlow();
    table.before.push(({ step }) => {
      if (step === 'replace') table.rows.set('hold:shop:to-billing', { value: '{}', generation: Math.random() });
    });

    await expect(container().hold.refused('x', 'a')).rejects.toThrow('The switch of to-billing changed 5 times');
  });
});

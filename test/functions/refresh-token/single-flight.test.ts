import { describe, expect, it } from 'vitest';
import { type Outcome, success } from '../../../functions/engine/outcome.ts';
import { quiet } from '../deliver-event/support/clock.ts';
import { anEndedToken, nameIn, refusal, TokenWorld } from './support/token-world.ts';

describe('one refresh at a time', () => {
  it('of any number of containers that are refused at once, one has it refreshed, and all get that token', async () => {
    const { world, all, renew } = await anEndedToken(20);

    const renewed = await Promise.all(all.map((container) => renew(container)));

    expect(renewed.map(nameIn)).toEqual(Array(20).fill('crm-2'));
    expect(world.stored).toEqual(['crm-1', 'crm-2']);
    expect(world.asked).toHaveLength(2);
  });

  it('whoever comes while it is under way gets no second one, and hands back after a while', async () => {
    const { world, all, renew } = await anEndedToken(2);
    const gate = Promise.withResolvers<Outcome<string>>();
    world.answer = () => gate.promise;
    const first = renew(all[0]!);
    await quiet();
    const readsBefore = world.reads;

    const second = await renew(all[1]!);
    gate.resolve(success(world.newToken()));

    expect(second).toMatchObject({ kind: 'busy', code: 'refresh-in-progress', unasked: true, retryAfterMs: 1_000 });
    expect(world.reads - readsBefore).toBeLessThan(8);
    expect(nameIn(await first)).toBe('crm-2');
    expect(world.asked).toHaveLength(2);
    expect(nameIn(await renew(all[1]!))).toBe('crm-2');
  });

  it('a run on schedule in the middle of it does nothing', async () => {
    const { world, renew, one } = await anEndedToken(1);
    const gate = Promise.withResolvers<Outcome<string>>();
    world.answer = () => gate.promise;
    const renewal = renew(one);
    await quiet();

    const scheduled = await world.run();
    gate.resolve(success(world.newToken()));

    expect(scheduled).toMatchObject({ kind: 'wait', code: 'refresh-in-progress' });
    expect(nameIn(await renewal)).toBe('crm-2');
    expect(world.asked).toHaveLength(2);
  });

  it('two who see the same state: the table lets one of them', async () => {
    const { world, renew, one } = await anEndedToken(1);
    const gate = Promise.withResolvers<void>();
    let held = 0;
    world.table.before.push(async ({ step }) => {
      if (step === 'replace' && ++held === 1) await gate.promise;
    });
    const slow = renew(one);
    await quiet();

    const fast = await world.container().renew(world.textOf('crm-1'), refusal);
    gate.resolve();

    expect(nameIn(fast)).toBe('crm-2');
    expect(nameIn(await slow)).toBe('crm-2');
    expect(world.asked).toHaveLength(2);
  });

  it('systems do not wait for each other', async () => {
    const crm = new TokenWorld('crm');
    const erp = new TokenWorld('erp', crm.table);
    const gate = Promise.withResolvers<Outcome<string>>();
    crm.answer = () => gate.promise;
    const first = crm.run();
    await quiet();

    const second = await erp.run();
    gate.resolve(success(crm.newToken()));

    expect(second).toMatchObject({ kind: 'stored' });
    expect(await first).toMatchObject({ kind: 'stored' });
    expect([crm.stored, erp.stored]).toEqual([['crm-1'], ['erp-1']]);
  });
});

describe('the function dies in the middle', () => {
  it('before it has a token: nobody else fetches one until its lease ends, then one does', async () => {
    const { world, renew, one } = await anEndedToken(1);
    const { answer } = world;
    world.answer = () => new Promise(() => {});
    void world.run();
    await quiet();
    world.answer = answer;
    const begun = world.nowMs;

    const outcomes = [];
    while (world.nowMs < begun + 34_000) {
      outcomes.push(nameIn(await renew(one)));
      world.advance(1_000);
    }
    const asked = world.asked.length;
    world.advance(5_000);

    expect(new Set(outcomes)).toEqual(new Set(['refresh-in-progress']));
    expect(asked).toBe(2);
    expect(nameIn(await renew(one))).toBe('crm-2');
  });

  it('after it stored one: whoever reads that goes on, and once it is refused, one is fetched', async () => {
    const { world, all, renew } = await anEndedToken(2);
    void world.run(undefined, {
      storeToken: async (token) => {
        world.store(token);
        return new Promise(() => {});
      },
    });
    await quiet();

    const shown = await renew(all[0]!);
    world.advance(36_000);
    const refused = await renew(all[0]!, world.textOf('crm-2'));

    expect(nameIn(shown)).toBe('crm-2');
    expect(nameIn(refused)).toBe('crm-3');
    expect(world.asked).toHaveLength(3);
  });

  it('after it stored one in place of a young one: what the table tells of that is not believed', async () => {
    const { world, renew, one } = await anEndedToken(1, 1_000);
    void world.run(undefined, {
      storeToken: async (token) => {
        world.store(token);
        return new Promise(() => {});
      },
    });
    await quiet();
    world.advance(36_000);

    const refused = await renew(one, world.textOf('crm-2'));

    expect(nameIn(refused)).toBe('crm-3');
  });

  it('a lease is longer than the run can be: it ends by itself when both are over', async () => {
    const world = new TokenWorld();
    const gate = Promise.withResolvers<Outcome<string>>();
    world.answer = () => gate.promise;
    void world.run(undefined, { remainingMs: () => 5_000 });
    await quiet();

    world.advance(9_999);
    const within = await world.run({ refused: null });
    world.advance(1);
    world.answer = async () => success(world.newToken());
    const after = await world.run({ refused: null });

    expect(within).toEqual({ kind: 'wait', code: 'refresh-in-progress', waitMs: 1 });
    expect(after).toMatchObject({ kind: 'stored' });
  });
});

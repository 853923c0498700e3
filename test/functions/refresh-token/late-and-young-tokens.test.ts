import { describe, expect, it } from 'vitest';
import { textHash } from '../../../functions/aws/text-hash.ts';
import { anEndedToken, nameIn, refusal } from './support/token-world.ts';

describe('a new token shows late', () => {
  it('within moments: the one who asked waits for it, and asks nobody again', async () => {
    const { world, renew, one } = await anEndedToken(1);
    world.shownAfterMs = 1_500;

    const renewed = await renew(one);

    expect(nameIn(renewed)).toBe('crm-2');
    expect(one.asks).toBe(1);
  });

  it('later than a call can wait: handed back, and no third token is fetched meanwhile', async () => {
    const { world, renew, one } = await anEndedToken(1);
    world.shownAfterMs = 20_000;
    const begun = world.nowMs;

    const outcomes = [];
    while (world.nowMs < begun + 16_000) outcomes.push(nameIn(await renew(one)));
    world.advance(5_000);

    expect(new Set(outcomes)).toEqual(new Set(['token-not-shown']));
    expect(nameIn(await renew(one))).toBe('crm-2');
    expect(world.asked).toHaveLength(2);
  });

  it('never: what the secret shows after a minute is what it holds, and is replaced', async () => {
    const { world, renew, one } = await anEndedToken(1);
    world.shownAfterMs = 10 * 60_000;
    await renew(one);
    world.advance(60_000);
    world.shownAfterMs = 0;

    const renewed = await renew(one);

    expect(nameIn(renewed)).toBe('crm-3');
  });

  it('an older one that still shows somewhere is not taken for newer than the refused one', async () => {
    const { world, ended, one } = await anEndedToken(1);
    const older = JSON.stringify({ accessToken: 'crm-0', issuedAt: world.nowMs - 3 * 60 * 60_000 });
    world.store(older);

    const renewed = await one.renew(ended, refusal);

    expect(nameIn(renewed)).toBe('crm-2');
  });
});

describe('a late refusal of a token that was replaced', () => {
  it('costs no call, no read and no token where the container has the new one', async () => {
    const { world, renew, one } = await anEndedToken(1);
    await renew(one);
    const reads = world.reads;

    const late = await Promise.all(Array.from({ length: 10 }, () => renew(one)));

    expect(late.map(nameIn)).toEqual(Array(10).fill('crm-2'));
    expect([world.reads - reads, one.asks]).toEqual([0, 1]);
  });

  it('costs one read where another container had it replaced', async () => {
    const { world, all, renew } = await anEndedToken(2);
    await renew(all[0]!);
    const reads = world.reads;

    const late = await renew(all[1]!);

    expect(nameIn(late)).toBe('crm-2');
    expect([world.reads - reads, all[1]!.asks]).toEqual([1, 0]);
  });

  it('does not end the new one where that does not show yet', async () => {
    const { world, ended } = await anEndedToken(1);
    await world.run();

    const answer = await world.run({ refused: textHash(ended) });

    expect(answer).toEqual({ kind: 'stored', hash: textHash(world.textOf('crm-2')) });
    expect(world.asked).toHaveLength(2);
  });
});

describe('a young token is refused', () => {
  it('moments after it was made: not yet, and nobody fetches another', async () => {
    const { world, renew, one } = await anEndedToken(1);
    await renew(one);
    world.advance(4_000);

    const outcome = await renew(one, world.textOf('crm-2'));

    expect(outcome).toMatchObject({ kind: 'busy', code: 'token-settling', unasked: true, retryAfterMs: 6_000 });
    expect(world.asked).toHaveLength(2);
  });

  it('within its first minute: the refusal stands, and later another is fetched, ever more seldom', async () => {
    const { world, renew, one } = await anEndedToken(1);
    await renew(one);
    const begunMs = world.nowMs;
    const fetchedAt: number[] = [];

    // As a probe does while the breaker is open: every half minute.
    for (let probes = 0; probes < 240; probes += 1) {
      world.advance(30_000);
      const held = await one.get();
      const outcome = await renew(one, held.kind === 'success' ? held.value : '');
      if (outcome.kind === 'success') fetchedAt.push((world.nowMs - begunMs) / 60_000);
      else expect(outcome).toEqual(refusal.failure);
    }

    const gaps = fetchedAt.map((at, nth) => at - (fetchedAt[nth - 1] ?? 0));
    expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 15, 15]);
    // Secrets Manager has no room for more than one version in 10 minutes.
    expect(fetchedAt.length).toBeLessThan(12);
  });

  it('one that lived long counts as ended: the next one is fetched at once', async () => {
    const { world, renew, one } = await anEndedToken(1);

    for (const name of ['crm-2', 'crm-3', 'crm-4', 'crm-5']) {
      const held = await one.get();
      expect(nameIn(await renew(one, held.kind === 'success' ? held.value : ''))).toBe(name);
      world.advance(15 * 60_000);
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { Answer, BreakerState } from '../../../functions/contract/health.ts';
import { createHealth } from '../../../functions/state/health.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';

function aHealth() {
  const table = new MemoryTable();
  return { table, health: createHealth(table, 'shop') };
}

const answer = (key: string, ok: boolean, atMs: number): Answer => ({ key, ok, atMs });
const open: BreakerState = { state: 'open', reason: 'failures', openedMs: 1_000, probeMs: 31_000, generation: 1 };

describe('the breaker of a system', () => {
  it('is closed where nobody ever wrote it', async () => {
    const { health } = aHealth();

    expect(await health.readBreaker('stripe')).toEqual({ state: 'closed', generation: 0 });
  });

  it('is replaced over what was seen, and read back as it was written', async () => {
    const { health, table } = aHealth();
    const seen = await health.readBreaker('stripe');

    const opened = await health.replaceBreaker('stripe', seen, open);
    const found = await health.readBreaker('stripe');
    const closed = await health.replaceBreaker('stripe', found, { state: 'closed', generation: 2 });

    expect([opened, closed]).toEqual([true, true]);
    expect(found).toEqual(open);
    expect(await health.readBreaker('stripe')).toEqual({ state: 'closed', generation: 2 });
    expect([...table.rows.keys()]).toEqual(['breaker:shop:stripe']);
  });

  it('is not replaced over what somebody else wrote since, the very first time included', async () => {
    const { health } = aHealth();
    const seen = await health.readBreaker('stripe');
    await health.replaceBreaker('stripe', seen, open);

    const late = await health.replaceBreaker('stripe', seen, { ...open, reason: 'auth' });

    expect(late).toBe(false);
    expect(await health.readBreaker('stripe')).toEqual(open);
  });

  it('is one per system and integration', async () => {
    const { health, table } = aHealth();
    await health.replaceBreaker('stripe', await health.readBreaker('stripe'), open);

    const others = [await health.readBreaker('salesforce'), await createHealth(table, 'crm').readBreaker('stripe')];

    expect(others.map(({ state }) => state)).toEqual(['closed', 'closed']);
  });
});

describe('the answers of an operation', () => {
  it('are the newest, and the newest for another key', async () => {
    const { health } = aHealth();
    const notes = [answer('a', true, 1), answer('b', false, 2), answer('b', true, 3), answer('c', false, 4)];
    const read: (readonly Answer[])[] = [];

    for (const note of notes) {
      await health.noteAnswer('stripe.update', note);
      read.push(await health.readAnswers('stripe.update'));
    }

    expect(read).toEqual([[notes[0]], [notes[1], notes[0]], [notes[2], notes[0]], [notes[3], notes[2]]]);
  });

  it('are forgotten after a day without any', async () => {
    const { health, table } = aHealth();
    const before = Math.floor(Date.now() / 1000);

    await health.noteAnswer('stripe.update', answer('a', true, 1));

    const { expiresAt = 0 } = table.rows.get('answers:shop:stripe.update') ?? {};
    expect(expiresAt - before).toBeGreaterThanOrEqual(86_400);
    expect(expiresAt - before).toBeLessThanOrEqual(86_401);
  });
});

describe('the hold of a flow', () => {
  it('is none at first, and comes back as it was written', async () => {
    const { health, table } = aHealth();
    const refused = { code: 'INVALID_FIELD', sinceMs: 5, keys: ['a', 'b'] };

    const first = await health.readHold('to-account');
    const held = await health.replaceHold('to-account', first, { reason: 'operator', refused });
    const second = await health.readHold('to-account');
    const resumed = await health.replaceHold('to-account', second, { reason: undefined, refused: undefined });

    expect([held, resumed]).toEqual([true, true]);
    expect(first).toEqual({ reason: undefined, refused: undefined, generation: 'absent' });
    expect(second).toEqual({ reason: 'operator', refused, generation: 1 });
    expect(await health.readHold('to-account')).toEqual({ ...first, generation: 2 });
    expect([...table.rows.keys()]).toEqual(['hold:shop:to-account']);
  });

  it('is not replaced over what somebody else wrote since, the very first time included', async () => {
    const { health } = aHealth();
    const seen = await health.readHold('to-account');
    await health.replaceHold('to-account', seen, { reason: 'operator', refused: undefined });

    const late = await health.replaceHold('to-account', seen, { reason: undefined, refused: undefined });

    expect(late).toBe(false);
    expect(await health.readHold('to-account')).toMatchObject({ reason: 'operator' });
  });

  it('is replaced over one that has no generation yet: it was written before there were any', async () => {
    const { health, table } = aHealth();
    await table.put('hold:shop:to-account', { reason: 'operator' });

    const resumed = await health.replaceHold('to-account', await health.readHold('to-account'), {
      reason: undefined,
      refused: undefined,
    });

    expect(resumed).toBe(true);
    expect(await health.readHold('to-account')).toMatchObject({ reason: undefined, generation: 1 });
  });
});

it('what is none of ours is refused, rather than taken for something', async () => {
  const { health, table } = aHealth();
  for (const kind of ['breaker', 'answers', 'hold']) await table.put(`${kind}:shop:x`, { state: 'ajar', reason: 7 });

  await expect(health.readBreaker('x')).rejects.toThrow();
  await expect(health.readAnswers('x')).rejects.toThrow();
  await expect(health.readHold('x')).rejects.toThrow();
});

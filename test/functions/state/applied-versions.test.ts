import { describe, expect, it } from 'vitest';
import { createAppliedVersions } from '../../../functions/state/applied-versions.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';

function theVersions() {
  const table = new MemoryTable();
  const applied = createAppliedVersions(table, 'shop');
  const claim = (version: bigint) => applied.claim('orders', 'p1', version);
  const kept = () => table.valuesOf('applied:shop:orders:');
  return { table, applied, claim, kept };
}

describe('the version of a record that was applied', () => {
  it('is claimed by a first, an equal and a later one, and by no older one', async () => {
    const { claim, kept } = theVersions();

    const claimed = [await claim(5n), await claim(5n), await claim(4n), await claim(10n), await claim(9n)];

    expect(claimed).toEqual([true, true, false, true, false]);
    expect(kept()).toEqual({ p1: { version: '10' } });
  });

  it('may be larger than a number can tell, or below zero', async () => {
    const { claim } = theVersions();

    const claimed = [await claim(-5n), await claim(2n ** 60n), await claim(2n ** 60n + 1n), await claim(2n ** 60n)];

    expect(claimed).toEqual([true, true, true, false]);
  });

  it('is one per record, flow and integration, and kept for ever', async () => {
    const { table, applied, claim } = theVersions();
    await claim(5n);

    const others = [
      await applied.claim('orders', 'p2', 1n),
      await applied.claim('refunds', 'p1', 1n),
      await createAppliedVersions(table, 'crm').claim('orders', 'p1', 1n),
    ];

    expect(others).toEqual([true, true, true]);
    expect(table.rows.get('applied:shop:orders:p1')?.expiresAt).toBeUndefined();
  });

  it.each([
    ['a later one', '7', false],
    ['the same', '5', true],
    ['an older one', '3', true],
  ])('is looked at anew where somebody claimed %s meanwhile', async (_what, version, expected) => {
    const { table, claim, kept } = theVersions();
    let raced = false;
    table.before.push(({ step }) => {
      if (step !== 'replace' || raced) return;
      raced = true;
      table.rows.set('applied:shop:orders:p1', { value: JSON.stringify({ version }), generation: 1 });
    });

    const claimed = await claim(5n);

    expect(claimed).toBe(expected);
    expect(kept()).toEqual({ p1: { version: expected ? '5' : version } });
  });

  it('is claimed where the answer to its write was lost', async () => {
    const { table, claim } = theVersions();
    table.after.push(({ step }) => {
      if (step === 'replace') throw new Error('connection reset');
    });
    await expect(claim(5n)).rejects.toThrow('connection reset');
    table.after.pop();

    expect(await claim(5n)).toBe(true);
  });

  it('is given up where it changes again and again: the event is handed back', async () => {
    const { table, claim } = theVersions();
    let generation = 0;
    table.before.push(({ step }) => {
      generation += 1;
      if (step === 'replace') table.rows.set('applied:shop:orders:p1', { value: '{"version":"1"}', generation });
    });

    await expect(claim(5n)).rejects.toThrow('changed 5 times meanwhile');
  });
});

import { describe, expect, it } from 'vitest';
import { durationOf, tableOf, visible } from '../../bin/tables.ts';

const reason = 'permanent failure at salesforce.upsert, since the address is longer than what the org takes';
const row = ['evt_1PqrStuvWxyz', 'stripe-customer-to-account', reason];

describe('a table', () => {
  it('is no wider than the terminal: reasons wrap, and ids stay whole', () => {
    const table = tableOf(['Event', 'Flow', 'Reason'], [row], { columns: 90, wraps: [2] });

    const lines = table.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(90);
    expect(table).toContain('evt_1PqrStuvWxyz');
    expect(lines.length).toBeGreaterThan(5);
  });

  it('is as wide as it must be, where nobody looks or nothing is left to wrap', () => {
    expect(tableOf(['Event', 'Flow', 'Reason'], [row])).toContain(reason);
    expect(tableOf(['Event', 'Flow', 'Reason'], [row], { columns: 30, wraps: [2] })).toContain(
      'stripe-customer-to-account',
    );
  });

  it('shows what would steer a terminal, and does not do it', () => {
    const table = tableOf(['Event'], [['evt_\u001b[2J\u202e\r\n1']]);

    expect(table).toContain(String.raw`evt_\u001b[2J\u202e\u000d\u000a1`);
    expect(visible('Zoë 田中 \u009b')).toBe(String.raw`Zoë 田中 \u009b`);
  });
});

it.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3 * 3_600_000 + 5 * 60_000 + 7_000, '3 h 5 min'],
  [15 * 86_400_000 + 7_000, '15 d'],
])('%d ms are %s', (ms, text) => {
  expect(durationOf(ms)).toBe(text);
});

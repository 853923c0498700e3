import { describe, expect, it } from 'vitest';
import { switchTable } from '../../bin/switch-part.ts';
import { MemoryStage } from './support/stage.ts';
import { millrace } from './support/typed.ts';

function aSituation() {
  const opened: string[] = [];
  const stage = new MemoryStage();
  const openStage = async (name: string) => {
    opened.push(name);
    return stage;
  };
  return { opened, openStage };
}

describe('millrace pause and resume', () => {
  it('show every flow and system before and after, and what it means', async () => {
    const situation = aSituation();

    const paused = await millrace(situation, 'pause', 'stripe-customer-to-account');
    const resumed = await millrace(situation, 'resume', 'stripe-customer-to-account');

    expect([paused.code, resumed.code]).toEqual([0, 0]);
    expect(paused.out).toMatch(/-> +.*stripe-customer-to-account.*flow.*runs.*paused/);
    expect(paused.out).toContain('In effect within a second');
    expect(resumed.out).toMatch(/-> +.*stripe-customer-to-account.*flow.*paused.*runs/);
  });

  it('given twice, say that nothing changed', async () => {
    const situation = aSituation();
    await millrace(situation, 'pause', 'stripe');

    const again = await millrace(situation, 'pause', 'stripe');
    await millrace(situation, 'resume', 'stripe');
    const resumedAgain = await millrace(situation, 'resume', 'stripe');

    expect([again.code, again.out]).toEqual([0, expect.stringContaining('Nothing changed: it was held already.')]);
    expect(resumedAgain.out).toContain('Nothing changed: it was not paused.');
  });

  it('act on the stage that is named, else on the one of this machine', async () => {
    const situation = aSituation();

    await millrace(situation, 'pause', 'stripe');
    await millrace(situation, 'resume', 'stripe', '--stage', 'prod');

    expect(situation.opened).toEqual(['local', 'prod']);
  });
});

it('the table shows everything that is held, and what has changed', () => {
  const parts = [
    { integration: 'shop-ledger', kind: 'flow', name: 'orders' },
    { integration: 'shop-ledger', kind: 'system', name: 'ledger' },
  ] as const;

  const lines = switchTable(parts, ['runs', 'runs'], ['paused', 'runs']).split('\n');

  expect(lines.filter((line) => line.includes('->'))).toEqual([expect.stringMatching(/orders.*flow.*runs.*paused/)]);
});

import { describe, expect, it } from 'vitest';
import { millrace } from './support/typed.ts';

/** No command may get so far as to open a stage. */
const situation = {
  openStage: () => {
    throw new Error('It opened a stage.');
  },
};

describe('millrace help', () => {
  it('groups all commands, tells each in a line, and says what the exit codes mean', async () => {
    const { code, out, err } = await millrace(situation, 'help');

    expect([code, err]).toEqual([0, '']);
    for (const name of ['start', 'pause', 'resume', 'park', ...['list', 'show', 'release', 'discard', 'erase']]) {
      expect(out).toMatch(new RegExp(`^  (parked )?${name} {2,}\\S`, 'm'));
    }
    for (const exit of [0, 1, 2, 3, 130]) expect(out).toMatch(new RegExp(`^  ${exit} +\\w`, 'm'));
  });

  it('is what `millrace` alone prints, as wrong usage', async () => {
    const { code, out } = await millrace(situation);

    expect([code, out]).toEqual([2, (await millrace(situation, 'help')).out]);
  });

  it.each([
    ['pause', '--help'],
    ['help', 'pause'],
    ['pause', 'stripe', '-h'],
  ])('%s %s tells all of a command: what it acts on, and its options', async (...words) => {
    const { code, out } = await millrace(situation, ...words);

    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: millrace pause FLOW\|SYSTEM \[--stage NAME\]$/m);
    expect(out).toContain('stripe-customer-to-account');
    expect(out).toMatch(/^ {2}--stage NAME +the stage to act on \(default: local/m);
  });

  it('lists the commands of a group', async () => {
    const { code, out } = await millrace(situation, 'parked', '--help');

    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}parked release +\S/m);
  });
});

describe('wrong usage', () => {
  it.each([
    [['puase', 'stripe'], "There is no command 'puase'. Did you mean 'pause'"],
    [['parked'], 'parked release'],
    [['parked', 'relase', 'evt_1'], "There is no 'relase' here. Did you mean 'release'"],
    [['start', 'now'], "'now' is too much"],
    [['pause'], 'FLOW|SYSTEM is missing'],
    [['pause', ''], 'FLOW|SYSTEM is missing'],
    [['pause', 'stripe', 'salesforce'], "'salesforce' is too much"],
    [['pause', 'stripe', '--al'], "Unknown option '--al'"],
    [['pause', 'stripe', '--stage'], "'--stage <value>' argument missing"],
    [['pause', 'stripe', '--stage', ''], '--stage is empty'],
    [['pause', 'stripe', '--stage', 'dev', '--stage', 'prod'], '--stage was given twice'],
    [['parked', 'list', 'evt_1'], "'evt_1' is too much"],
    [['parked', 'list', '--json=yes'], "'--json' does not take an argument"],
    [['parked', 'show'], 'ID is missing'],
    [['parked', 'discard', 'evt_1'], '--reason is missing'],
    [['parked', 'erase'], '--key is missing'],
    [['parked', 'release'], 'an ID, or --key, or --all'],
    [['parked', 'release', 'evt_1', '--all'], 'an ID, or --key, or --all'],
    [['parked', 'release', '--all', '--rate', '0'], "--rate '0' is no number above 0"],
    [['parked', 'release', '--all', '--rate', '1e3'], "--rate '1e3' is no number above 0"],
    [['park', 'evt_1'], '--reason is missing'],
  ])('%j is told what is wrong, beside the usage', async (words, message) => {
    const { code, out, err } = await millrace(situation, ...words);

    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).toMatch(/Usage: millrace|millrace help/);
  });

  it.each([
    [['pause', 'strip'], "'strip' names no single flow or system. Did you mean 'stripe'"],
    [
      ['parked', 'list', '--flow', 'stripe'],
      "'stripe' names no single flow. Did you mean 'stripe-customer-to-account'",
    ],
  ])('%j names nothing, and is told what may have been meant', async (words, message) => {
    const { code, err } = await millrace(situation, ...words);

    expect([code, err]).toEqual([3, expect.stringContaining(message)]);
  });
});

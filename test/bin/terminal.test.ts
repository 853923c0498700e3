import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aroundPaint, paint } from '../../bin/paint.ts';
import { visible } from '../../bin/tables.ts';
import { processTerminal } from '../../bin/terminal.ts';

const terminal = processTerminal();

it.each(['print', 'complain'] as const)('what would steer the terminal is shown by %s, and not done', (method) => {
  const spy = vi.spyOn(console, method === 'print' ? 'log' : 'error').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());

  terminal[method]('{\n  "name": "Zoë \u001b[2J\u009b"\n}');

  expect(spy.mock.calls).toEqual([['{\n  "name": "Zoë \\u001b[2J\\u009b"\n}']]);
});

it('what stands out does so only where there are colours', () => {
  const painted = `${paint('critical', 'parked')} ${paint('dim', 'and \u001b[5mblinking')}`;

  expect(aroundPaint(painted, true, (text) => text)).toBe(painted);
  expect(aroundPaint(painted, false, visible)).toBe(String.raw`parked and \u001b[5mblinking`);
});

it('a live screen is plain text, one below the other, where nobody looks', async () => {
  const spy = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());

  const ended = await terminal.live(async (draw) => {
    for (const text of ['one', 'two']) draw(text);
    return 'over';
  });

  expect([ended, spy.mock.calls]).toEqual(['over', [['one'], ['two']]]);
});

describe('interruptible work', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('is told of %s, and ends as it likes', async (signal) => {
    const before = process.listenerCount(signal);

    const ended = await terminal.interruptible(async (stop) => {
      process.emit(signal);
      // npm passes on what the terminal has sent already.
      process.emit(signal);
      return stop.aborted;
    });

    expect(ended).toBe(true);
    expect(process.listenerCount(signal)).toBe(before);
  });

  it('that fails leaves nothing behind', async () => {
    const before = process.listenerCount('SIGINT');

    const failed = terminal.interruptible(() => Promise.reject(new Error('no')));

    await expect(failed).rejects.toThrow('no');
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

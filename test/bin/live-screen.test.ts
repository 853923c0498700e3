import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { enterLiveScreen, type LiveScreen } from '../../bin/live-screen.ts';

/** A window of so many rows, which keeps what is written to it. */
class AWindow extends EventEmitter {
  rows = 4;
  written = '';
  write(text: string): boolean {
    this.written += text;
    return true;
  }
}

let window: AWindow;
let screen: LiveScreen;
let before: readonly NodeJS.ExitListener[];
beforeEach(() => {
  before = process.listeners('exit');
  window = new AWindow();
  screen = enterLiveScreen(window as unknown as WriteStream);
  return () => screen.leave();
});

/** What is drawn, without the codes: the last time. */
const drawn = () => {
  const last = window.written.split('\u001b[?2026h').at(-1) ?? '';
  return stripVTControlCharacters(last).split('\n');
};

describe('a live screen', () => {
  it('draws one text over the other, and never clears first', () => {
    screen.draw('one\ntwo');
    screen.draw('three');

    expect(drawn()).toEqual(['three']);
    expect(window.written).not.toContain('\u001b[2J');
    expect(window.written.split('\u001b[H')).toHaveLength(1 + 2);
  });

  it('says what does not fit, and draws it as soon as it does', () => {
    screen.draw('1\n2\n3\n4\n5');
    expect(drawn()).toEqual(['1', '2', '3', '... and 2 lines more: make the window higher.']);

    window.rows = 5;
    window.emit('resize');

    expect(drawn()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('gives the window back as it was, with the last text below', () => {
    screen.draw('one');

    screen.leave();

    expect(window.written.endsWith('\u001b[?7h\u001b[?25h\u001b[?1049lone\n')).toBe(true);
    expect(window.listenerCount('resize')).toBe(0);
    expect(process.listeners('exit')).toEqual(before);
  });

  it('gives it back where the process ends without asking', () => {
    screen.draw('one');

    for (const listener of process.listeners('exit')) if (!before.includes(listener)) listener.call(process, 130);

    expect(window.written.endsWith('\u001b[?1049l')).toBe(true);
  });
});

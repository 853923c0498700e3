import type { WriteStream } from 'node:tty';

/** A terminal's whole window, on which one text is drawn over the other. */
export interface LiveScreen {
  draw(text: string): void;
  /** Gives the window back as it was, with the last text below what stood there. */
  leave(): void;
}

const control = '\u001b[';
const codes = {
  /** The other screen, without a cursor; what is too wide for it is cut off. */
  enter: `${control}?1049h${control}?25l${control}?7l`,
  leave: `${control}?7h${control}?25h${control}?1049l`,
  /** All of a text appears at once, where the terminal can do that. */
  beginUpdate: `${control}?2026h${control}H`,
  endUpdate: `${control}J${control}?2026l`,
  restOfLine: `${control}K`,
};

/** Takes the window. It is given back when the process ends, too, however it does. */
export function enterLiveScreen(stdout: WriteStream): LiveScreen {
  let shown = '';
  const redraw = () => {
    const lines = fitting(shown.split('\n'), stdout.rows);
    // Nothing is cleared first: that would flicker.
    const body = lines.map((line) => `${line}${codes.restOfLine}`).join('\n');
    stdout.write(`${codes.beginUpdate}${body}${codes.endUpdate}`);
  };
  const restore = () => void stdout.write(codes.leave);
  stdout.write(codes.enter);
  stdout.on('resize', redraw);
  process.once('exit', restore);
  return {
    draw(text) {
      shown = text;
      redraw();
    },
    leave() {
      stdout.off('resize', redraw);
      process.off('exit', restore);
      restore();
      if (shown !== '') stdout.write(`${shown}\n`);
    },
  };
}

/** What does not fit is said to be there: lines that scroll would be drawn beside what they belong to. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  return [...lines.slice(0, rows - 1), `... and ${lines.length - rows + 1} lines more: make the window higher.`];
}

import { createInterface } from 'node:readline/promises';
import type { WriteStream } from 'node:tty';
import { type ShowStep, terminalSteps } from '../local/steps.ts';
import { exitCodes, InterruptedError } from './errors.ts';
import { enterLiveScreen } from './live-screen.ts';
import { aroundPaint } from './paint.ts';
import { visible } from './tables.ts';

/** Where a command was typed, or a script's pipes. */
export interface Terminal {
  /** Somebody sits there, who can be asked and shown what moves. */
  readonly interactive: boolean;
  /** How wide its lines are; undefined where they may be of any width. */
  readonly columns: number | undefined;
  /** Results. */
  print(text: string): void;
  /** What went wrong. */
  complain(text: string): void;
  /** @throws {InterruptedError} on Ctrl-C. */
  confirm(question: string): Promise<boolean>;
  /** A moving line; where nobody looks, nothing. */
  readonly showStep: ShowStep;
  /** Draws one text over the other, until the work ends; where nobody looks, each is printed below the one before. */
  live<Result>(work: (draw: (text: string) => void) => Promise<Result>): Promise<Result>;
  /**
   * Lets work end between two of its steps: the signal is aborted by Ctrl-C or SIGTERM. Told again, the process ends at
   * once.
   */
  interruptible<Result>(work: (stop: AbortSignal) => Promise<Result>): Promise<Result>;
}

/** npm passes on the signal that the terminal has sent to us already: a second one counts only after this long. */
const repeatMs = 1_000;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const interactive = stdin.isTTY === true && stdout.isTTY === true;
  const harmlessIn = (stream: NodeJS.WriteStream) => (text: string) => harmless(text, hasColours(stream));
  const [printed, complained] = [harmlessIn(stdout), harmlessIn(stderr)];
  const print = (text: string) => console.log(printed(text));
  return {
    interactive,
    columns: stdout.isTTY ? stdout.columns : undefined,
    print,
    complain: (text) => console.error(complained(text)),
    confirm: askInTerminal,
    showStep: interactive ? terminalSteps(true) : (_title, work) => work(() => {}),
    live: stdout.isTTY ? (work) => drawLive(stdout, printed, work) : (work) => work(print),
    interruptible,
  };
}

/** NO_COLOR, and terminals that have none, are known to Node. */
function hasColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors();
}

/** Ids, reasons and bodies come from systems outside. In JSON, what is made visible means the same as before. */
function harmless(text: string, colours: boolean): string {
  return aroundPaint(text, colours, (part) => part.split('\n').map(visible).join('\n'));
}

async function drawLive<Result>(
  stdout: WriteStream,
  shown: (text: string) => string,
  work: (draw: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  const screen = enterLiveScreen(stdout);
  try {
    return await work((text) => screen.draw(shown(text)));
  } finally {
    screen.leave();
  }
}

async function askInTerminal(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Neither Ctrl-C nor Ctrl-D would end the question by itself.
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(new InterruptedError('Interrupted; nothing was done.'));
    lines.once('SIGINT', stop);
    lines.once('close', stop);
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), interrupted]);
    return ['y', 'yes'].includes(answer.trim().toLowerCase());
  } finally {
    lines.close();
  }
}

async function interruptible<Result>(work: (stop: AbortSignal) => Promise<Result>): Promise<Result> {
  const stopping = new AbortController();
  let toldAt = 0;
  const stop = () => {
    if (stopping.signal.aborted && Date.now() - toldAt >= repeatMs) process.exit(exitCodes.interrupted);
    if (stopping.signal.aborted) return;
    toldAt = Date.now();
    stopping.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work(stopping.signal);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

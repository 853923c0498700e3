import { open, readFile, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { LocalError } from '../local-error.ts';
import type { Command, Processes } from './processes.ts';

/** How much of a failed command's output is shown. */
const shownLines = 25;

/**
 * Runs a command to its end; `say` gets its newest line of output as it goes.
 * @throws {LocalError} with the end of its output where it fails: whoever changed what it works on must act.
 */
export async function runCommand(
  processes: Processes,
  what: string,
  command: Command,
  options: { readonly signal?: AbortSignal; readonly say?: (line: string) => void } = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  const from = await sizeOf(command.logFile);
  const running = await processes.start(command);
  const done = new AbortController();
  const aborted = () => void running.stop(1_000);
  options.signal?.addEventListener('abort', aborted);
  const following = options.say && follow(command.logFile, from, options.say, done.signal);
  const ending = await running.ended;
  options.signal?.removeEventListener('abort', aborted);
  done.abort();
  await following;
  // It may have left something behind, also where it went well.
  await running.stop(0);
  options.signal?.throwIfAborted();
  if (ending === 'exit code 0') return;
  const output = (await readFile(command.logFile)).subarray(from).toString('utf8').trimEnd();
  const shown = output.split('\n').slice(-shownLines).join('\n');
  throw new LocalError(`${what} failed (${ending}). The end of ${command.logFile}:\n${shown}`);
}

async function follow(path: string, from: number, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'r');
  let position = from;
  try {
    while (!signal.aborted) {
      await setTimeout(200, undefined, { signal }).catch(() => {});
      const { bytesRead, buffer } = await file.read({ position });
      position += bytesRead;
      const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
      const newest = lines.filter((line) => line.trim() !== '').at(-1);
      if (newest !== undefined) say(newest.trim());
    }
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}

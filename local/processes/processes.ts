import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { familyOf, listProcesses, type ProcessEntry } from './process-table.ts';

/** What to start. The environment is given whole: nothing is inherited. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Everything it writes is appended to this file. */
  readonly logFile: string;
}

export interface Running {
  readonly pid: number;
  /** Resolves, with how it ended, once it has. */
  readonly ended: Promise<string>;
  /**
   * Asks it to end, waits `graceMs`, then ends it and everything below it by force. Resolves when none of them runs any
   * more, at most two seconds after the grace.
   */
  stop(graceMs: number): Promise<void>;
}

/** Keeps account of what was started, so that all of it can be ended at once, from an `exit` handler, too. */
export interface Processes {
  /**
   * Starts a process in a group of its own: Ctrl-C in the terminal reaches only us, and a group can be ended whole.
   * Its stdin is a pipe that closes when we end, whichever way.
   * @throws {Error} where the program can't be started.
   */
  start(command: Command): Promise<Running>;
  /** Ends everything by force, at once. */
  killAll(): void;
}

export function createProcesses(): Processes {
  const groups = new Set<number>();
  return {
    async start(command) {
      const child = await spawned(command);
      const { pid } = child;
      groups.add(pid);
      const stop = async (graceMs: number) => {
        await stopFamily(child, graceMs);
        groups.delete(pid);
      };
      return { pid, ended: child.ended, stop };
    },
    killAll() {
      for (const group of groups) signal(-group, 'SIGKILL');
    },
  };
}

interface Child {
  readonly pid: number;
  readonly ended: Promise<string>;
}

async function spawned(command: Command): Promise<Child> {
  const log = openSync(command.logFile, 'a', 0o600);
  try {
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ['pipe', log, log],
    });
    const ended = endOf(child);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${command.program} could not be started: ${await ended}`);
    return { pid, ended };
  } finally {
    closeSync(log);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(by === null ? `exit code ${code}` : `signal ${by}`));
  });
}

async function stopFamily(child: Child, graceMs: number): Promise<void> {
  const family = familyOf(child.pid, await listProcesses());
  signal(child.pid, 'SIGTERM');
  const grace = new AbortController();
  await Promise.race([child.ended, setTimeout(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
  grace.abort();
  signal(-child.pid, 'SIGKILL');
  for (let tries = 0; tries < 20; tries += 1) {
    const survivors = await aliveOf(family);
    if (survivors.length === 0) return;
    for (const { pid } of survivors) signal(pid, 'SIGKILL');
    await setTimeout(100);
  }
}

/** Those of a family that still run; a pid that was given away again doesn't count. */
async function aliveOf(family: readonly ProcessEntry[]): Promise<ProcessEntry[]> {
  const alive = new Map((await listProcesses()).map((entry) => [entry.pid, entry.started]));
  return family.filter((member) => alive.get(member.pid) === member.started);
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

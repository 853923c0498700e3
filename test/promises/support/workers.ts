import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { familyOf, listProcesses } from '../../../local/processes/process-table.ts';

/** Whether this run started the emulator itself: only then are the functions processes of this machine. */
export const hasWorkers = inject('pipeline').emulatorPid !== undefined;

/** The pids of a function's processes: the emulator starts each from a folder with the function's name. */
export async function workersOf(functionName: string): Promise<number[]> {
  const { emulatorPid } = inject('pipeline');
  if (emulatorPid === undefined) throw new Error('The functions of an endpoint that was given are no processes here.');
  const family = familyOf(emulatorPid, await listProcesses()).map(({ pid }) => pid);
  const commands = await Promise.all(family.map(async (pid) => ({ pid, command: await commandOf(pid) })));
  return commands.filter(({ command }) => command.includes(`lambda-${functionName}-`)).map(({ pid }) => pid);
}

/** Ends all processes of a function at once, as a crash would; answers how many there were. */
export async function killWorkersOf(functionName: string): Promise<number> {
  const pids = await workersOf(functionName);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length;
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const ps = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'args=']).catch(() => ({ stdout: '' }));
  return ps.stdout;
}

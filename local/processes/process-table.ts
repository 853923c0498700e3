import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** One process of this machine. `started` tells it from a later one that got the same pid. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
}

/** `ps` is missing from slim Linux images, so Linux is read from /proc. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  return process.platform === 'linux' ? readProc() : readPs();
}

/** A process and everything below it, parents first. */
export function familyOf(pid: number, table: readonly ProcessEntry[]): ProcessEntry[] {
  const family = table.filter((entry) => entry.pid === pid);
  for (const member of family) {
    family.push(...table.filter((entry) => entry.parent === member.pid && !family.includes(entry)));
  }
  return family;
}

async function readProc(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    pids.map(async (pid) => parseStat(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))),
  );
  return entries.filter((entry) => entry !== undefined);
}

/**
 * Reads one line of `/proc/<pid>/stat`; undefined for a process that is gone or a zombie. The command's name, in
 * brackets, may itself hold spaces and brackets: the fields are counted from its end.
 */
export function parseStat(stat: string): ProcessEntry | undefined {
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = rest[17];
  if (state === undefined || state === 'Z' || parent === undefined || started === undefined) return undefined;
  return { pid: Number.parseInt(stat, 10), parent: Number(parent), started };
}

async function readPs(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,stat=,lstart=']);
  return parsePs(stdout);
}

/** Reads the lines of `ps -axo pid=,ppid=,stat=,lstart=`, without zombies. */
export function parsePs(output: string): ProcessEntry[] {
  const lines = output.matchAll(/^\s*(\d+)\s+(\d+)\s+([^Z\s]\S*)\s+(\S.*?)\s*$/gm);
  return [...lines].map(([, pid, parent, , started = '']) => ({ pid: Number(pid), parent: Number(parent), started }));
}

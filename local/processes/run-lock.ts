import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readTextIfAny } from '../files.ts';
import { LocalError } from '../local-error.ts';
import { listProcesses } from './process-table.ts';

const ownerSchema = v.pipe(v.string(), v.parseJson(), v.object({ pid: v.number(), started: v.string() }));

/**
 * Takes a folder for this process, so that two pipelines never share one; resolves to what gives it back. One that was
 * left by a process that is gone is taken over.
 * @throws {LocalError} naming the pid that has it: stop that one first.
 */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'running.json');
  const own = `${path}.${process.pid}.part`;
  const processes = await listProcesses();
  const started = processes.find((entry) => entry.pid === process.pid)?.started ?? '';
  await writeFile(own, JSON.stringify({ pid: process.pid, started }));
  try {
    const owner = v.safeParse(ownerSchema, await readTextIfAny(path));
    if (owner.success && processes.some(isSame(owner.output))) throw inUse(owner.output.pid, folder);
    await rm(path, { force: true });
    // Unlike a write or a rename, a link fails where another one was faster.
    await link(own, path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? inUse(undefined, folder) : error;
    });
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(path, { force: true });
}

function isSame(owner: { readonly pid: number; readonly started: string }) {
  return (entry: { readonly pid: number; readonly started: string }) =>
    entry.pid === owner.pid && entry.started === owner.started;
}

function inUse(pid: number | undefined, folder: string): LocalError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new LocalError(
    `A local pipeline already runs from ${folder}: ${who}. Use that one, or stop it (Ctrl-C in its terminal` +
      `${pid === undefined ? '' : `, or \`kill ${pid}\``}) and start again.`,
  );
}

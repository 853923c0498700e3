import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listProcesses } from '../../../local/processes/process-table.ts';
import { createProcesses, type Processes } from '../../../local/processes/processes.ts';
import { runCommand } from '../../../local/processes/run-command.ts';
import { waitFor } from '../../support/wait-for.ts';

let folder: string;
let processes: Processes;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-processes-'));
  processes = createProcesses();
});
afterEach(async () => {
  processes.killAll();
  await rm(folder, { recursive: true });
});

/** Runs a script; its output is `pids` where it prints process ids. */
function script(source: string) {
  return {
    program: process.execPath,
    args: ['--eval', source],
    cwd: folder,
    env: {},
    logFile: join(folder, 'log'),
  };
}

async function readPids(count: number): Promise<number[]> {
  return waitFor(async () => {
    const pids = (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n').map(Number);
    return pids.length === count && pids.every((pid) => pid > 0) && pids;
  });
}

async function stillRunning(pids: readonly number[]): Promise<number[]> {
  const running = new Set((await listProcesses()).map(({ pid }) => pid));
  return pids.filter((pid) => running.has(pid));
}

const sleepForever = 'setInterval(() => {}, 1000);';
const ignoreTerm = "process.on('SIGTERM', () => {});";

/** A process that ignores SIGTERM, with a child in its group and one that left the group; all print their pids. */
const stubborn = `
  const { spawn } = require('node:child_process');
  const nested = ${JSON.stringify(`console.log(process.pid); ${ignoreTerm} ${sleepForever}`)};
  spawn(process.execPath, ['--eval', nested], { stdio: 'inherit' });
  spawn(process.execPath, ['--eval', nested], { stdio: 'inherit', detached: true });
  console.log(process.pid);
  ${ignoreTerm} ${sleepForever}
`;

describe('a started process', () => {
  it('is stopped with everything below it, even if all of them ignore SIGTERM', async () => {
    const running = await processes.start(script(stubborn));
    const pids = await readPids(3);
    expect(pids).toContain(running.pid);

    await running.stop(100);

    expect(await stillRunning(pids)).toEqual([]);
    expect(await running.ended).toBe('signal SIGKILL');
  });

  it('may end by itself within its grace', async () => {
    const source = `process.on('SIGTERM', () => process.exit(3)); console.log(process.pid); ${sleepForever}`;
    const running = await processes.start(script(source));
    await readPids(1);
    const before = Date.now();

    await running.stop(20_000);

    expect(await running.ended).toBe('exit code 3');
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  it('leaves no child behind where it crashed', async () => {
    const source = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['--eval', 'console.log(process.pid); ${sleepForever}'], { stdio: 'inherit' });
      setTimeout(() => process.exit(1), 300);`;
    const running = await processes.start(script(source));
    const pids = await readPids(1);
    await running.ended;

    await running.stop(100);

    expect(await stillRunning(pids)).toEqual([]);
  });

  it('gets nothing of our environment', async () => {
    const source = 'console.log(JSON.stringify(process.env))';
    const running = await processes.start({ ...script(source), env: { ONLY: 'this' } });
    await running.ended;

    expect(JSON.parse(await readFile(join(folder, 'log'), 'utf8'))).toEqual({ ONLY: 'this' });
  });

  it('that does not exist is an error', async () => {
    await expect(processes.start({ ...script(''), program: join(folder, 'none') })).rejects.toThrow(
      /could not be started.*ENOENT/,
    );
  });

  it('is ended by killAll, with its group', async () => {
    const running = await processes.start(script(`console.log(process.pid); ${ignoreTerm} ${sleepForever}`));
    await readPids(1);

    processes.killAll();

    expect(await running.ended).toBe('signal SIGKILL');
  });
});

describe('runCommand', () => {
  it('shows the newest line as it goes', async () => {
    const shown: string[] = [];
    const source = "console.log('one'); setTimeout(() => console.log('two'), 500); setTimeout(() => {}, 1000);";

    await runCommand(processes, 'It', script(source), { say: (line) => shown.push(line) });

    expect(shown).toEqual(['one', 'two']);
  });

  it('fails with the end of its own output, not with that of an earlier one', async () => {
    await runCommand(processes, 'It', script("console.log('earlier')"));
    const failing = script("console.log('out'); console.error('err'); process.exit(2);");

    const error = await runCommand(processes, 'Building', failing).catch((caught: Error) => caught.message);

    expect(error).toMatch(/^Building failed \(exit code 2\)/);
    expect(error).toMatch(/out\nerr$/);
    expect(error).not.toContain('earlier');
  });

  it('is stopped where it is aborted', async () => {
    const abort = new AbortController();
    const run = runCommand(processes, 'It', script(`console.log(process.pid); ${sleepForever}`), {
      signal: abort.signal,
    });
    const pids = await readPids(1);

    abort.abort();

    await expect(run).rejects.toThrow(/abort/);
    expect(await stillRunning(pids)).toEqual([]);
  });
});

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { copyWith, readTutorial, type Tutorial } from '../support/tutorial.ts';
import { waitFor } from '../support/wait-for.ts';

/** A second emulator is started, and everything deployed to it. */
const startMs = 180_000;

let tutorial: Tutorial;
let copy: string;
let started: ChildProcess | undefined;
let screen = '';

/** Runs a step's commands as they stand. */
async function follow(commands: string | undefined): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-ec', commands ?? 'false'], { cwd: copy });
  return stdout;
}

beforeAll(async () => {
  tutorial = await readTutorial('add-an-integration.md');
  copy = await copyWith(tutorial.files);
  started = spawn('bash', ['-ec', tutorial.commands[1] ?? 'false'], { cwd: copy, detached: true });
  for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk) => (screen += chunk));
  await waitFor(() => screen.includes('Ctrl-C stops everything'), { timeoutMs: startMs, what: 'a started pipeline' });
}, startMs);

afterAll(async () => {
  const pid = started?.pid;
  if (pid !== undefined && started?.exitCode === null) {
    // As Ctrl-C does: everybody in the terminal's group hears of it.
    process.kill(-pid, 'SIGINT');
    await waitFor(() => started?.exitCode !== null || started.signalCode !== null, { timeoutMs: 20_000 });
  }
  await rm(copy, { recursive: true, force: true });
}, 30_000);

/** At an endpoint that was given, its pipeline would take the place of the one that all other promises share. */
const hasRoom = inject('pipeline').emulatorPid !== undefined;

it.skipIf(!hasRoom)(
  'in a copy of this repository, step by step: what is created in Stripe arrives in the directory (where the emulator is ours)',
  async () => {
    const [, , create, look, fail] = tutorial.commands;

    const created = JSON.parse(await follow(create));
    const entries = async () => JSON.parse(await follow(look)).data;
    const [entry] = await waitFor(async () => (await entries()).length > 0 && entries());

    expect(screen).toContain('stripe-directory/stripe');
    const [shown] = JSON.parse(tutorial.shown[0] ?? '').data;
    expect(entry).toEqual({ ...shown, id: created.id });
    expect(JSON.parse(await follow(fail))).toMatchObject([{ fault: 'down', seconds: 5 }]);
  },
);

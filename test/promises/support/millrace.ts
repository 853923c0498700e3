import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

const checkout = join(import.meta.dirname, '..', '..', '..');

/** What a command left behind. */
export interface Ended {
  readonly code: number | null;
  /** What it printed, and what it complained of. */
  readonly output: string;
  readonly errors: string;
}

/** A command under way. */
export interface RunningCommand {
  readonly ended: Promise<Ended>;
  /** What it printed so far. */
  output(): string;
  /** As by Ctrl-C. */
  interrupt(): void;
}

/** Whose credentials a command has. */
export interface Who {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Runs `millrace` as its users do, on the tests' pipeline; resolves once it has ended, whatever its exit code. */
export function millrace(...args: readonly string[]): Promise<Ended> {
  return millraceOf(inject('pipeline').credentials, ...args);
}

/** The same by somebody who may not do everything. */
export async function millraceOf(who: Who, ...args: readonly string[]): Promise<Ended> {
  return (await start(who, args)).ended;
}

/** The same as `millrace`, without waiting for its end. */
export function startMillrace(...args: readonly string[]): Promise<RunningCommand> {
  return start(inject('pipeline').credentials, args);
}

async function start(who: Who, args: readonly string[]): Promise<RunningCommand> {
  const folder = await checkoutOf(who);
  // Or Node would follow the links, and the command would look for the pipeline in the real checkout.
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [...flags, join(folder, 'bin', 'millrace.ts'), ...args], { cwd: folder, env });
  child.stdin.end();
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, errors }));
  });
  return { ended, output: () => output, interrupt: () => child.kill('SIGINT') };
}

/**
 * Commands act on the pipeline in the `.millrace` of their own checkout: so one is laid out whose `.millrace` tells of
 * ours, with the credentials of whoever types the command.
 */
async function checkoutOf(who: Who): Promise<string> {
  const { folder } = inject('pipeline');
  const made = join(folder, `checkout-${who.accessKeyId}`);
  await mkdir(join(made, '.millrace'), { recursive: true });
  for (const part of ['bin', 'functions', 'integrations', 'lib', 'local', 'node_modules', 'package.json']) {
    await symlink(join(checkout, part), join(made, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  const { accessKeyId, secretAccessKey } = who;
  const told = JSON.parse(await readFile(join(folder, 'local.json'), 'utf8'));
  const local = join(made, '.millrace', 'local.json');
  // Another command may be reading it.
  const own = `${local}.${randomUUID()}`;
  await writeFile(own, JSON.stringify({ ...told, credentials: { accessKeyId, secretAccessKey } }));
  await rename(own, local);
  return made;
}

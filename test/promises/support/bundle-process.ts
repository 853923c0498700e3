/**
 * The emulator runs one invocation of a queue at a time. Where a promise is about several, the built bundle itself runs
 * as several processes, which share the emulator's tables and systems.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { bundleName } from '../../../functions/contract/names.ts';
import { rootCredentials } from '../../support/clients.ts';
import { environmentOf } from './functions.ts';
import { functionOf, integration } from './names.ts';

const bundles = join(import.meta.dirname, '..', '..', '..', 'dist', 'functions', integration);

/** One container of a function. */
export interface BundleProcess {
  /** Runs the function on an event; resolves to undefined where it was killed meanwhile. */
  invoke(event: object): Promise<{ readonly result?: unknown; readonly error?: string } | undefined>;
  /** Ends it as a crash would. */
  kill(): void;
  /** What it logged so far. */
  output(): string;
}

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts one more container of a function, with some environment variables replaced. It ends with the file. */
export async function startBundle(
  part: Parameters<typeof bundleName>[0],
  of: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<BundleProcess> {
  const { endpoint, region, caFile } = inject('pipeline');
  const bundle = join(bundles, bundleName(part, of), 'index.mjs');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bundle-worker.ts'), bundle], {
    env: {
      ...(await environmentOf(functionOf(part, of))),
      ...variables,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
      NODE_EXTRA_CA_CERTS: caFile,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // The deployed pipeline goes first where processors are few.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  children.add(child);
  child.on('exit', () => children.delete(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  if ((await nextAnswer(child)) === undefined) throw new Error(`A container did not start: ${output}`);
  return {
    kill: () => child.kill('SIGKILL'),
    output: () => output,
    invoke: async (event) => {
      const answer = nextAnswer(child);
      child.send(event);
      return (await answer) as Awaited<ReturnType<BundleProcess['invoke']>>;
    },
  };
}

/** What a process sends next; undefined where it ends instead. */
function nextAnswer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    const end = () => settle(undefined);
    const settle = (answer: unknown) => {
      child.off('message', settle);
      child.off('exit', end);
      resolve(answer);
    };
    child.on('message', settle);
    child.on('exit', end);
  });
}

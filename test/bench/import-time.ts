import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { DeliverEnvironment, ReceiveEnvironment, RefreshEnvironment } from '../../functions/contract/environment.ts';
import { integrations } from '../../integrations/integrations.ts';
import { buildBundle } from '../../scripts/bundle/build.ts';
import { entriesOf } from '../../scripts/bundle/entries.ts';

/** How long a fresh process takes to import a module, and what the module weighs. */
export interface Imported {
  readonly name: string;
  /** Of all runs, in milliseconds. */
  readonly timesMs: readonly number[];
  /** Missing for the module that is only a baseline. */
  readonly size?: { readonly bytes: number; readonly gzipBytes: number; readonly budgetBytes: number };
}

export interface ImportOptions {
  readonly root: string;
  /** Bundles are built here. */
  readonly folder: string;
  readonly runs: number;
  readonly signal: AbortSignal;
  readonly say: (progress: string) => void;
}

interface Module extends Omit<Imported, 'timesMs'> {
  readonly file: string;
}

/** A bundle's handler is created at import, as on a cold start, and wants its environment; nothing is called. */
const environment: ReceiveEnvironment & DeliverEnvironment & RefreshEnvironment = {
  POWERTOOLS_SERVICE_NAME: 'bench',
  POWERTOOLS_METRICS_NAMESPACE: 'bench',
  QUEUE_URLS: '{}',
  WEBHOOK_SECRET_ID: 'bench',
  QUEUE_URL: 'https://localhost/bench',
  DEAD_LETTER_QUEUE_URL: 'https://localhost/bench',
  STATE_TABLE: 'bench',
  CREDENTIAL_SECRET_IDS: '{}',
  TOKEN_REFRESHERS: '{}',
  CALL_TIMEOUT_MS: '1000',
  CLIENT_SECRET_ID: 'bench',
  TOKEN_SECRET_ID: 'bench',
};

const program = `const before = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - before), () => process.exit());`;

const run = promisify(execFile);

/**
 * Imports an empty module and every bundle in processes of their own, one after the other. The modules take turns, so
 * that what else the machine does hits all of them alike.
 */
export async function measureImports(options: ImportOptions): Promise<Imported[]> {
  const { runs, signal, say } = options;
  const modules = [await emptyModule(options.folder), ...(await bundles(options))];
  const times = new Map(modules.map((module): [Module, number[]] => [module, []]));
  for (let done = 0; done < runs; done += 1) {
    for (const [{ file }, timesMs] of times) timesMs.push(await importTime(file, signal));
    say(`${done + 1} of ${runs}`);
  }
  return [...times].map(([{ name, size }, timesMs]) => ({ name, timesMs, size }));
}

async function emptyModule(folder: string): Promise<Module> {
  const file = join(folder, 'empty.mjs');
  await mkdir(folder, { recursive: true });
  await writeFile(file, '');
  return { name: 'an empty module', file };
}

async function bundles({ root, folder }: ImportOptions): Promise<Module[]> {
  const entries = (await Promise.all(integrations.map((integration) => entriesOf(integration, root)))).flat();
  return Promise.all(
    entries.map(async (entry) => {
      const { name, bytes, budgetKb } = await buildBundle(entry, { root, folder });
      const file = join(folder, name, 'index.mjs');
      const gzipBytes = gzipSync(readFileSync(file)).byteLength;
      return { name, file, size: { bytes, gzipBytes, budgetBytes: budgetKb * 1024 } };
    }),
  );
}

async function importTime(file: string, signal: AbortSignal): Promise<number> {
  const args = ['--input-type=module', '--eval', program, pathToFileURL(file).href];
  const env = { ...environment, AWS_REGION: 'us-east-1', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  return Number((await run(process.execPath, args, { env, signal })).stdout);
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type {
  DeliverEnvironment,
  ParkEnvironment,
  ReceiveEnvironment,
  RefreshEnvironment,
  RotateEnvironment,
} from '../../functions/contract/environment.ts';
import { defaultPolicies } from '../../functions/specification/policies.ts';
import { integrations } from '../../integrations/integrations.ts';
import { buildBundle } from '../../scripts/bundle/build.ts';
import { entriesOf } from '../../scripts/bundle/entries.ts';

/** How often each module is imported. */
export const runs = 10;

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
  readonly signal: AbortSignal;
  readonly say: (progress: string) => void;
}

interface Module extends Omit<Imported, 'timesMs'> {
  readonly file: string;
}

const systems = integrations.flatMap((integration) => Object.keys(integration.systems));
const flows = integrations.flatMap((integration) => Object.keys(integration.flows));

/** For each name, something that nothing is called with. */
const named = (names: readonly string[]) => JSON.stringify(Object.fromEntries(names.map((name) => [name, 'bench'])));

/** A bundle creates its handler at import, as on a cold start, and the handler wants its environment. */
const environment: ReceiveEnvironment & DeliverEnvironment & ParkEnvironment & RefreshEnvironment & RotateEnvironment =
  {
    POWERTOOLS_SERVICE_NAME: 'bench',
    POWERTOOLS_METRICS_NAMESPACE: 'bench',
    QUEUE_URLS: named(flows),
    WEBHOOK_SECRET_ID: 'bench',
    WEBHOOK_SECRET_CLOCKS: JSON.stringify(defaultPolicies.webhookSecret),
    DATA_BUCKET: 'bench',
    QUEUE_URL: 'bench',
    DEAD_LETTER_QUEUE_URL: 'bench',
    DEAD_LETTER_QUEUES: named(flows),
    STATE_TABLE: 'bench',
    PARKED_TABLE: 'bench',
    CREDENTIAL_SECRET_IDS: named(systems),
    TOKEN_REFRESHERS: named(systems),
    CALL_TIMEOUT_MS: '1000',
    ALLOW_PRIVATE_ADDRESSES: 'false',
    LIMITS: '{}',
    POLICIES: JSON.stringify(defaultPolicies),
    CLIENT_SECRET_ID: 'bench',
    TOKEN_SECRET_ID: 'bench',
    AUTH_POLICY: JSON.stringify(defaultPolicies.auth),
    CREDENTIALS_SECRET_ID: 'bench',
  };

// An uncaught error would show a whole bundle: each is one line.
const program = `const before = performance.now();
await import(process.argv[1]).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
process.stdout.write(String(performance.now() - before), () => process.exit());`;

const run = promisify(execFile);

/**
 * Imports an empty module and every bundle in processes of their own, one after the other. The modules take turns, so
 * that what else the machine does hits all of them alike.
 */
export async function measureImports(options: ImportOptions): Promise<Imported[]> {
  const { signal, say } = options;
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

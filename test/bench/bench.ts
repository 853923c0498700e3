import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describePipeline } from '../../bin/commands/start.ts';
import { LocalError } from '../../local/local-error.ts';
import { startPipeline } from '../../local/pipeline.ts';
import { createProcesses } from '../../local/processes/processes.ts';
import { terminalSteps } from '../../local/steps.ts';
import { measureImports } from './import-time.ts';
import { measureLatencies } from './latencies.ts';
import { describeMachine } from './machine.ts';
import { importTable, latencyTable, notes } from './tables.ts';
import { measureTextbook } from './textbook/measure-textbook.ts';

// `npm run bench`: measures the bundles, the delivery beside the textbook's, and a pipeline of its own, prints the
// figures, and stops all that it started. `npm run bench -- --only textbook` needs no emulator.

const root = join(import.meta.dirname, '..', '..');

/** Stopping is given up, and everything ended by force, after this long, in milliseconds. */
const stopLimitMs = 15_000;

const showStep = terminalSteps(process.stdout.isTTY);
const processes = createProcesses();
process.once('exit', () => processes.killAll());
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

try {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  if (only !== undefined && only !== 'textbook')
    throw new LocalError(`There is no part "${only}". Use --only textbook.`);
  console.log(await (only === undefined ? bench(stopping.signal) : measureTextbook(showStep, stopping.signal)));
} catch (error) {
  if (stopping.signal.aborted) console.error('Stopped; nothing that was started here is left running.');
  else console.error(error instanceof LocalError ? error.message : error);
  process.exitCode = 1;
}
// What keeps alive is only idle connections.
process.exit();

function stop(): void {
  stopping.abort();
  setTimeout(() => process.exit(1), stopLimitMs).unref();
}

async function bench(signal: AbortSignal): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  const machine = describeMachine(root, env);
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  const clear = () => rm(folder, { recursive: true, force: true });
  try {
    // Before anything else runs: it is the most easily disturbed.
    const imports = await showStep('Import each bundle in fresh processes', (say) =>
      measureImports({ root, folder: join(folder, 'bundles'), signal, say }),
    );
    const textbook = await measureTextbook(showStep, signal);
    const latencies = await withPipeline(folder, env, signal);
    await clear();
    return [machine, textbook, latencyTable(latencies), importTable(imports), notes].join('\n\n');
  } catch (error) {
    if (signal.aborted) await clear();
    else console.error(`It failed; ${folder} is left, with the logs of all that ran.`);
    throw error;
  }
}

async function withPipeline(folder: string, env: Readonly<Record<string, string>>, signal: AbortSignal) {
  const pipeline = await startPipeline({
    description: describePipeline(),
    folder,
    pythonFolder: join(root, '.millrace', 'venv'),
    env,
    processes,
    signal,
    showStep,
    onLogLines: () => {},
  });
  try {
    const ended = pipeline.ended.then((how) => Promise.reject(new Error(`The emulator ended unexpectedly: ${how}.`)));
    const told = once(signal, 'abort').then(() => Promise.reject(signal.reason));
    return await Promise.race([measureLatencies(pipeline.local, showStep, signal), ended, told]);
  } finally {
    await pipeline.stop();
  }
}

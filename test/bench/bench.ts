import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describePipeline } from '../../bin/commands/start.ts';
import { LocalError } from '../../local/local-error.ts';
import { type Pipeline, startPipeline } from '../../local/pipeline.ts';
import { createProcesses } from '../../local/processes/processes.ts';
import { terminalSteps } from '../../local/steps.ts';
import { measureImports } from './import-time.ts';
import { measureLatencies } from './latencies.ts';
import { measureLimits } from './limits/measure-limits.ts';
import { describeMachine } from './machine.ts';
import { measureReceiver } from './receiver/measure-receiver.ts';
import { measureSignatures } from './signatures/measure-signatures.ts';
import { importTable, latencyTable, notes } from './tables.ts';
import { measureTextbook } from './textbook/measure-textbook.ts';

// `npm run bench`: measures the bundles, the delivery beside the textbook's, what limits cost, and a pipeline of its own,
// prints the figures, and stops all that it started. `--only textbook`, `signatures` and `receiver` need no emulator;
// `--only limits` does.

const root = join(import.meta.dirname, '..', '..');
const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));

/** Stopping is given up, and everything ended by force, after this long, in milliseconds. */
const stopLimitMs = 15_000;

const showStep = terminalSteps(process.stdout.isTTY);
const processes = createProcesses();
process.once('exit', () => processes.killAll());
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

try {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  console.log(await partOf(only)(stopping.signal));
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

function partOf(only: string | undefined): (signal: AbortSignal) => Promise<string> {
  if (only === undefined) return (signal) => inFolder((folder) => all(folder, signal), signal);
  if (only === 'textbook') return (signal) => measureTextbook(showStep, signal);
  if (only === 'limits') return (signal) => inFolder((folder) => limits(folder, signal), signal);
  if (only === 'signatures') return () => signatures();
  if (only === 'receiver') return (signal) => inFolder((folder) => receiver(folder, signal), signal);
  throw new LocalError(`There is no part "${only}". Use --only textbook, limits, signatures or receiver.`);
}

async function all(folder: string, signal: AbortSignal): Promise<string> {
  const machine = describeMachine(root, env);
  // Before anything else runs: it is the most easily disturbed.
  const imports = await showStep('Import each bundle in fresh processes', (say) =>
    measureImports({ root, folder: join(folder, 'bundles'), signal, say }),
  );
  const received = await measureReceiver({ root, folder: join(folder, 'receiver'), signal, showStep });
  const verified = await measureSignatures(showStep);
  const textbook = await measureTextbook(showStep, signal);
  const [limited, latencies] = await withPipeline(folder, signal, async (pipeline) => [
    await measureLimits(pipeline, showStep, signal),
    await measureLatencies(pipeline.local, showStep, signal),
  ]);
  const tables = [textbook, limited, latencyTable(latencies), importTable(imports), notes, received, verified];
  return [machine, ...tables].join('\n\n');
}

async function signatures(): Promise<string> {
  return [describeMachine(root, env), await measureSignatures(showStep)].join('\n\n');
}

async function receiver(folder: string, signal: AbortSignal): Promise<string> {
  const machine = describeMachine(root, env);
  return [machine, await measureReceiver({ root, folder, signal, showStep })].join('\n\n');
}

async function limits(folder: string, signal: AbortSignal): Promise<string> {
  const machine = describeMachine(root, env);
  const limited = await withPipeline(folder, signal, (pipeline) => measureLimits(pipeline, showStep, signal));
  return [machine, limited].join('\n\n');
}

async function inFolder(work: (folder: string) => Promise<string>, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  const clear = () => rm(folder, { recursive: true, force: true });
  try {
    const figures = await work(folder);
    await clear();
    return figures;
  } catch (error) {
    if (signal.aborted) await clear();
    else console.error(`It failed; ${folder} is left, with the logs of all that ran.`);
    throw error;
  }
}

async function withPipeline<Figures>(
  folder: string,
  signal: AbortSignal,
  measure: (pipeline: Pipeline) => Promise<Figures>,
): Promise<Figures> {
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
    return await Promise.race([measure(pipeline), ended, told]);
  } finally {
    await pipeline.stop();
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { describePipeline } from '../../bin/commands/start.ts';
import type { LocalFile } from '../../local/local-file.ts';
import { startPipeline } from '../../local/pipeline.ts';
import { createProcesses } from '../../local/processes/processes.ts';
import { terminalSteps } from '../../local/steps.ts';
import { type Abilities, abilitiesOf } from './abilities.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The pipeline that was started for the promise tests: what its `local.json` says, and what only tests need. */
    pipeline: TestPipeline;
  }
}

export interface TestPipeline extends LocalFile {
  /** Stack name -> output name -> value. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The functions' processes are below it; undefined where AWS_ENDPOINT_URL named an endpoint. */
  readonly emulatorPid: number | undefined;
  readonly abilities: Abilities;
  /** Everything that the pipeline writes; its `cdk.out` holds the deployed stacks. */
  readonly folder: string;
}

/** The gateway that `npm run promises -- --gateway` asked for; the stage's own where it did not. */
export function gatewayAsked(): 'http' | 'rest' | undefined {
  const asked = process.env.MILLRACE_GATEWAY;
  if (asked === undefined || asked === 'http' || asked === 'rest') return asked;
  throw new Error(`MILLRACE_GATEWAY is '${asked}'. Use http or rest.`);
}

const checkout = join(import.meta.dirname, '..', '..');

/** Starts one pipeline for all promise tests, in a folder and on ports of its own; resolves to what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const processes = createProcesses();
  const killAll = () => processes.killAll();
  process.once('exit', killAll);
  const pipeline = await startPipeline({
    description: describePipeline(gatewayAsked()),
    folder,
    pythonFolder: join(checkout, '.millrace', 'venv'),
    env: Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : []))),
    processes,
    signal: new AbortController().signal,
    showStep: terminalSteps(false),
    onLogLines: () => {},
  });
  project.provide('pipeline', {
    ...pipeline.local,
    outputs: pipeline.outputs,
    emulatorPid: pipeline.emulatorPid,
    abilities: await abilitiesOf(pipeline.local),
    folder,
  });
  return async () => {
    await pipeline.stop();
    process.off('exit', killAll);
    await rm(folder, { recursive: true, force: true });
  };
}

import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Table from 'cli-table3';
import { secretName, stageName, webhookPath } from '../../functions/contract/names.ts';
import { integrations } from '../../integrations/integrations.ts';
import type { PipelineDescription } from '../../local/description.ts';
import { LocalError } from '../../local/local-error.ts';
import type { LocalFile } from '../../local/local-file.ts';
import { createEventLines } from '../../local/logs/event-lines.ts';
import { type Pipeline, startPipeline } from '../../local/pipeline.ts';
import { createProcesses, type Processes } from '../../local/processes/processes.ts';
import { terminalSteps } from '../../local/steps.ts';
import { localFolder as folder, localStage as stage } from '../running-pipeline.ts';

/** Stopping is given up, and everything ended by force, after this long, in milliseconds. */
const stopLimitMs = 15_000;

/** npm passes on the signal that the terminal has sent to us already: a second one counts only after this long. */
const repeatMs = 1_000;

/** What the local pipeline must know of the integrations. */
export function describePipeline(): PipelineDescription {
  const systems = integrations.flatMap((integration) =>
    Object.values(integration.systems).map((system) => ({ integration: integration.name, system })),
  );
  return {
    stage,
    apiStack: `${stageName(stage)}-pipeline`,
    logGroupPrefix: `/aws/lambda/${stageName(stage)}-`,
    sources: systems.flatMap(({ integration, system }) => {
      if (system.webhook === undefined) return [];
      const { name, connector } = system;
      const path = webhookPath(integration, name);
      const scheme = system.webhook.scheme.name;
      return {
        integration,
        name,
        system: connector,
        scheme,
        path,
        secretName: secretName(stage, integration, name, 'webhook'),
      };
    }),
    credentials: systems.map(({ integration, system }) => ({
      system: system.connector,
      secretName: secretName(stage, integration, system.name, 'credentials'),
    })),
  };
}

/** `millrace start`: runs the pipeline on this machine until it is told to stop; resolves to the exit code. */
export async function start(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error(`millrace start takes no arguments, but got '${args.join(' ')}'.`);
    return 2;
  }
  const processes = createProcesses();
  process.once('exit', () => processes.killAll());
  const stopping = listenForStop(processes);
  try {
    const pipeline = await startHere(processes, stopping);
    return await runUntilStopped(pipeline, stopping);
  } catch (error) {
    if (stopping.aborted) {
      console.log('Stopped before it had started.');
      return 130;
    }
    console.error(`\n${describeError(error)}`);
    return 1;
  }
}

function startHere(processes: Processes, signal: AbortSignal): Promise<Pipeline> {
  const linesOf = createEventLines();
  return startPipeline({
    description: describePipeline(),
    folder,
    env: Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : []))),
    processes,
    signal,
    showStep: terminalSteps(process.stdout.isTTY),
    onLogLines: (lines) => {
      for (const line of linesOf(lines)) console.log(line);
    },
  });
}

/** Aborted by Ctrl-C, SIGTERM or the terminal's closing; told twice, ends everything by force. */
function listenForStop(processes: Processes): AbortSignal {
  const stopping = new AbortController();
  let toldAt = 0;
  const stop = () => {
    const again = stopping.signal.aborted;
    if (again && Date.now() - toldAt < repeatMs) return;
    if (again) {
      processes.killAll();
      process.exit(130);
    }
    toldAt = Date.now();
    stopping.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  // Whoever read our output has gone: there is nobody left to run for.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stop);
  return stopping.signal;
}

async function runUntilStopped(pipeline: Pipeline, stopping: AbortSignal): Promise<number> {
  console.log(screenOf(pipeline.local));
  // Plain lines, or a moving one would hold back those of the events.
  listenForEnter(() => pipeline.redeploy(terminalSteps(false)), stopping);
  const told = new Promise<undefined>((resolve) => {
    if (stopping.aborted) resolve(undefined);
    stopping.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const crash = await Promise.race([told, pipeline.ended]);
  if (crash !== undefined) {
    console.error(`\nThe emulator ended unexpectedly (${crash}); ${relativeToHere('emulator.log')} says why.`);
  }
  console.log('\nStopping...');
  const stopped = await Promise.race([pipeline.stop().then(() => true), setTimeout(stopLimitMs, false)]);
  console.log(
    stopped
      ? 'Stopped; nothing that was started here is left running.'
      : 'Stopped by force: something did not end in time.',
  );
  return crash === undefined && stopped ? 0 : 1;
}

/** Enter redeploys, once at a time; a stdin that is closed or no terminal is no reason to stop. */
function listenForEnter(redeploy: () => Promise<void>, stopping: AbortSignal): void {
  let running = false;
  const onInput = async (input: Buffer) => {
    if (running || stopping.aborted || !input.includes('\n')) return;
    running = true;
    try {
      await redeploy();
      console.log('Redeployed.');
    } catch (error) {
      if (!stopping.aborted) console.error(`${describeError(error)}\nWhat was deployed before runs on.`);
    }
    running = false;
  };
  process.stdin.on('data', (input: Buffer) => void onInput(input));
  process.stdin.on('error', () => {});
}

function describeError(error: unknown): string {
  if (error instanceof LocalError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What runs where, what to try first, and how to stop. */
function screenOf(local: LocalFile): string {
  const table = new Table({ head: ['What', 'Where'], style: { head: [], border: [], compact: true } });
  const { salesforce, stripe } = local.systems;
  table.push(
    ['AWS emulator', `${local.endpoint} (${local.region})`],
    ['Simulated Stripe', stripe.url],
    ['Simulated Salesforce', salesforce.url],
    ['Webhooks come from', Object.keys(local.webhooks).join(', ')],
    ['Output of the functions', relativeToHere('functions.log')],
    ['All addresses, for tools', relativeToHere('local.json')],
  );
  const key = `$(cat '${stripe.apiKeyFile}')`;
  return [
    '',
    table.toString(),
    '',
    'Create a customer in the simulated Stripe, and see it become a Salesforce Account:',
    '',
    `  curl --noproxy '*' -u "${key}:" ${stripe.url}/v1/customers -d 'name=Blue Mill Ltd'`,
    '',
    'Enter rebuilds and redeploys what changed; Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function relativeToHere(name: string): string {
  return relative(process.cwd(), join(folder, name));
}

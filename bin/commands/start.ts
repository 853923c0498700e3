import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Table from 'cli-table3';
import { secretName, stageName, webhookPath } from '../../functions/contract/names.ts';
import { integrations } from '../../integrations/integrations.ts';
import type { PipelineDescription, SendingKind } from '../../local/description.ts';
import { LocalError } from '../../local/local-error.ts';
import type { LocalFile } from '../../local/local-file.ts';
import { createEventLines } from '../../local/logs/event-lines.ts';
import { type Pipeline, startPipeline } from '../../local/pipeline.ts';
import { createProcesses, type Processes } from '../../local/processes/processes.ts';
import { terminalSteps } from '../../local/steps.ts';
import { defineCommand } from '../command.ts';
import { CommandError, exitCodes, UsageError } from '../errors.ts';
import { localFolder as folder, localStage as stage } from '../open-stage.ts';
import { root } from '../root.ts';

/** Stopping is given up, and everything ended by force, after this long, in milliseconds. */
const stopLimitMs = 15_000;

/** npm passes on the signal that the terminal has sent to us already: a second one counts only after this long. */
const repeatMs = 1_000;

type Gateway = 'http' | 'rest';

/** What the local pipeline must know of the integrations. `gateway`: in place of the stage's. */
export function describePipeline(gateway?: Gateway): PipelineDescription {
  const systems = integrations.flatMap((integration) =>
    Object.values(integration.systems).map((system) => ({ integration: integration.name, system })),
  );
  return {
    stage,
    ...(gateway && { gateway }),
    apiStack: `${stageName(stage)}-pipeline`,
    logGroupPrefix: `/aws/lambda/${stageName(stage)}-`,
    sources: systems.flatMap(({ integration, system }) => {
      if (system.webhook === undefined) return [];
      const { name } = system;
      const path = webhookPath(integration, name);
      const scheme = system.webhook.scheme.name;
      return {
        integration,
        name,
        system: senderOf(system),
        scheme,
        path,
        secretName: secretName(stage, integration, name, 'webhook'),
      };
    }),
    credentials: systems.flatMap(({ integration, system: { name, connector } }) =>
      connector === undefined
        ? []
        : [{ system: connector, secretName: secretName(stage, integration, name, 'credentials') }],
    ),
  };
}

type System = (typeof integrations)[number]['systems'][string];

/** Which simulated system sends in a system's place, if any. */
function senderOf({ connector, webhook }: System): SendingKind | undefined {
  if (connector === 'stripe' || connector === 'salesforce') return connector;
  return webhook?.scheme.name === 'github' ? 'github' : undefined;
}

/** `millrace start`: runs the pipeline on this machine until it is told to stop. */
export const startCommand = defineCommand({
  name: 'start',
  summary: 'deploy everything to an AWS emulator, beside a simulated Salesforce and Stripe',
  help: () => [
    'Runs until Ctrl-C, and then stops all that it started. It needs Python 3.10 or later, and no Docker; an emulator of',
    'your own is used instead where AWS_ENDPOINT_URL names it.',
  ],
  options: {
    gateway: {
      type: 'string',
      value: 'http|rest',
      help: 'what takes the webhooks (default: http); rest for an emulator without HTTP APIs',
    },
  },
  run: ({ values }) => start(gatewayOf(values.gateway)),
});

/** @throws {UsageError} */
function gatewayOf(typed: string | undefined): Gateway | undefined {
  if (typed === undefined || typed === 'http' || typed === 'rest') return typed;
  throw new UsageError(`--gateway is '${typed}'. Use http or rest.`);
}

async function start(gateway: Gateway | undefined): Promise<number> {
  if (!existsSync(join(root, 'cdk.json'))) {
    throw new CommandError('Only a checkout of the repository can be started: clone it, and run npm start there.');
  }
  const processes = createProcesses();
  process.once('exit', () => processes.killAll());
  const stopping = listenForStop(processes);
  try {
    const pipeline = await startHere(processes, stopping, gateway);
    return await runUntilStopped(pipeline, stopping);
  } catch (error) {
    if (stopping.aborted) {
      console.log('Stopped before it had started.');
      return exitCodes.interrupted;
    }
    console.error(`\n${describeError(error)}`);
    return exitCodes.failed;
  }
}

function startHere(processes: Processes, signal: AbortSignal, gateway: Gateway | undefined): Promise<Pipeline> {
  const linesOf = createEventLines();
  return startPipeline({
    description: describePipeline(gateway),
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
      process.exit(exitCodes.interrupted);
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
  return crash === undefined && stopped ? exitCodes.done : exitCodes.failed;
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
  const { salesforce, stripe, github, endpoint, graphql } = local.systems;
  table.push(
    ['AWS emulator', `${local.endpoint} (${local.region})`],
    ['Simulated Stripe', stripe.url],
    ['Simulated Salesforce', salesforce.url],
    ['Simulated GitHub', github.url],
    ['Plain HTTP endpoint', endpoint.url],
    ['GraphQL API', graphql.url],
    ['Webhooks come from', Object.keys(local.webhooks).join(', ')],
    ['Output of the functions', relativeToHere('functions.log')],
    ['All addresses, for tools', relativeToHere('local.json')],
  );
  const key = `$(cat '${stripe.apiKeyFile}')`;
  const branch = JSON.stringify({ ref: 'refs/heads/main', sha: 'c0ffee'.padEnd(40, '0') });
  return [
    '',
    table.toString(),
    '',
    'Create a customer in the simulated Stripe, and see it become a Salesforce Account:',
    '',
    `  curl --noproxy '*' -u "${key}:" ${stripe.url}/v1/customers -d 'name=Blue Mill Ltd'`,
    '',
    'Push a branch in the simulated GitHub, and see a plain HTTP endpoint and a GraphQL API being told:',
    '',
    `  curl --noproxy '*' ${github.url}/repos/octo/mill/git/refs -d '${branch}'`,
    '',
    'Enter rebuilds and redeploys what changed; Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function relativeToHere(name: string): string {
  return relative(process.cwd(), join(folder, name));
}

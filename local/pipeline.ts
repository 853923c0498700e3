import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StackOutputs } from './cdk.ts';
import { beginDeployment } from './deployment.ts';
import type { PipelineDescription } from './description.ts';
import { findEndpoint } from './emulator/find-endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { type LocalFile, webhookUrl, writeLocalFile, writeSecretFiles } from './local-file.ts';
import { followLogs } from './logs/follow-logs.ts';
import { parseEndpoint } from './loopback.ts';
import type { Processes } from './processes/processes.ts';
import { takeFolder } from './processes/run-lock.ts';
import { fillSecrets, type WebhookSecrets } from './secrets.ts';
import type { ShowStep } from './steps.ts';
import { type Systems, startSystems } from './systems.ts';

/** How long the emulator may take to end by itself, in milliseconds. */
const graceMs = 4_000;

export interface PipelineOptions {
  readonly description: PipelineDescription;
  /** Everything that is written goes here; no two running pipelines may share one. */
  readonly folder: string;
  /** Where the emulator is installed; pipelines may share it. @default `venv` in `folder` */
  readonly pythonFolder?: string;
  /** The user's environment: programs are found by it, pip gets all of it, and AWS_ENDPOINT_URL is honoured. */
  readonly env: Readonly<Record<string, string>>;
  readonly processes: Processes;
  /** Aborted, a start under way ends as if it had failed. */
  readonly signal: AbortSignal;
  readonly showStep: ShowStep;
  /** Gets what the functions log, line by line. */
  readonly onLogLines: (lines: readonly string[]) => void;
}

export interface Pipeline {
  /** What `local.json` says. */
  readonly local: LocalFile;
  readonly systems: Systems;
  readonly outputs: StackOutputs;
  /** The emulator, where one was started: the functions' processes are below it. */
  readonly emulatorPid: number | undefined;
  /** Resolves, with the reason, when the emulator ended; also when `stop` ended it. */
  readonly ended: Promise<string>;
  /**
   * Builds and deploys what changed; once at a time.
   * @throws {LocalError} where that fails; what was deployed before runs on.
   */
  redeploy(showStep: ShowStep): Promise<void>;
  /** Stops all that was started, and takes `local.json` back. */
  stop(): Promise<void>;
}

/**
 * Deploys the real stacks to an AWS endpoint on this machine, and connects them with the simulated systems.
 * @throws {LocalError} where a step fails; whatever was started by then is stopped.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const cleanups = new AsyncDisposableStack();
  try {
    return await start({ ...options, folder: resolve(options.folder) }, cleanups);
  } catch (error) {
    await cleanups.disposeAsync();
    throw error;
  }
}

async function start(options: PipelineOptions, cleanups: AsyncDisposableStack): Promise<Pipeline> {
  const { description, folder, env, processes, signal } = options;
  const given = env.AWS_ENDPOINT_URL ? parseEndpoint(env.AWS_ENDPOINT_URL) : undefined;
  const logs = await prepareFolder(folder, cleanups);
  const since = Date.now();
  const step: ShowStep = async (title, work) => {
    signal.throwIfAborted();
    return options.showStep(title, work);
  };

  const { stage, gateway, apiStack } = description;
  const chosen = { stage, apiStack, ...(gateway && { gateway }) };
  const deployment = beginDeployment({ folder, ...chosen, env, processes, signal });
  cleanups.defer(() => deployment.stop());

  const pythonFolder = options.pythonFolder ?? join(folder, 'venv');
  const endpoint = await findEndpoint({ given, folder, pythonFolder, env, processes, signal, step });
  const { emulator } = endpoint;
  if (emulator) cleanups.defer(() => emulator.stop(graceMs));
  const { apiPath, outputs } = await deployment.deploy(endpoint, step, emulator !== undefined);

  const { systems, secrets } = await step('Connect the simulated systems', () =>
    connect(endpoint, apiPath, description, cleanups),
  );
  const { onLogLines } = options;
  const followed = { endpoint, prefix: description.logGroupPrefix, file: logs, onLines: onLogLines, since };
  cleanups.defer(await followLogs(followed));
  const local = await writeSecretFiles({ folder, endpoint, apiPath, secrets, systems, logs });
  signal.throwIfAborted();
  cleanups.defer(await writeLocalFile(folder, local));
  // First of all: a deployment under way would fail, and show it, once the emulator is gone.
  cleanups.defer(() => deployment.stop());

  const ended = emulator?.ended ?? new Promise<string>(() => {});
  const redeploy = (showStep: ShowStep) => deployment.redeploy(endpoint, showStep);
  const stop = () => cleanups.disposeAsync();
  return { local, systems, outputs, emulatorPid: emulator?.pid, ended, redeploy, stop };
}

/** Takes the folder, and removes what an earlier pipeline announced; resolves to the functions' empty log file. */
async function prepareFolder(folder: string, cleanups: AsyncDisposableStack): Promise<string> {
  await mkdir(folder, { recursive: true });
  cleanups.defer(await takeFolder(folder));
  const logs = join(folder, 'functions.log');
  const old = (await readdir(folder)).filter((name) => name === 'local.json' || name.endsWith('.log'));
  await Promise.all(old.map((name) => rm(join(folder, name))));
  return logs;
}

/** Starts the simulated systems, gives both ends their secrets, and has the systems announce their changes. */
async function connect(
  endpoint: Endpoint,
  apiPath: string,
  description: PipelineDescription,
  cleanups: AsyncDisposableStack,
): Promise<{ systems: Systems; secrets: WebhookSecrets }> {
  const systems = await startSystems();
  for (const system of Object.values(systems)) cleanups.defer(() => system.stop());
  const secrets = await fillSecrets(endpoint, description, systems);
  const ca = await readFile(endpoint.caFile, 'utf8');
  for (const kind of ['stripe', 'salesforce', 'github'] as const) {
    // Of one system there may be a source in several integrations: each is an endpoint of its own there.
    const sources = [...secrets].filter(([source]) => source.system === kind);
    const targets = sources.map(([source, secret]) => ({ url: webhookUrl(endpoint, apiPath, source), secret, ca }));
    systems[kind].setWebhook(...targets);
  }
  return { systems, secrets };
}

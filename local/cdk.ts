import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { credentials, type Endpoint, region } from './endpoint.ts';
import { readTextIfAny } from './files.ts';
import type { Command, Processes } from './processes/processes.ts';
import { runCommand } from './processes/run-command.ts';

/** The repository's root: where `cdk.json` and `node_modules` are. */
const checkout = dirname(import.meta.dirname);

/** The account that emulators give to the key pair `test`. */
const account = '000000000000';

const outputsSchema = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.record(v.string(), v.string())));

/** Stack name -> output name -> value. */
export type StackOutputs = v.InferOutput<typeof outputsSchema>;

export interface CdkOptions {
  /** The stacks, the outputs of deployed ones and the logs go here; nothing into the user's own `cdk.out`. */
  readonly folder: string;
  readonly stage: string;
  /** What takes the webhooks. @default what the stage says */
  readonly gateway?: 'http' | 'rest';
  /** The user's environment, of which only what finds programs is taken. */
  readonly env: Readonly<Record<string, string>>;
  readonly processes: Processes;
  readonly signal: AbortSignal;
}

type Say = (detail: string) => void;

/** The real CDK CLI, as a child process: every method throws a LocalError with the end of its output where it fails. */
export interface Cdk {
  /** Builds the bundles and writes the stacks' templates; needs no endpoint. */
  synthesise(say: Say): Promise<void>;
  /** Makes what the CDK itself needs in an account. */
  bootstrap(endpoint: Endpoint, say: Say): Promise<void>;
  /** Removes the stacks that were synthesised, where they are there. */
  destroy(endpoint: Endpoint, say: Say): Promise<void>;
  /** Deploys what was synthesised, all stacks, as far as it changed. */
  deploy(endpoint: Endpoint, say: Say): Promise<StackOutputs>;
}

export function createCdk(options: CdkOptions): Cdk {
  const assembly = join(options.folder, 'cdk.out');
  const outputsFile = join(options.folder, 'outputs.json');
  const run = (what: string, command: Command, say: Say) =>
    runCommand(options.processes, what, command, { signal: options.signal, say });
  // These two run outside the checkout, or the CLI would read `cdk.json` and build everything again.
  const at = (endpoint: Endpoint, args: string[]) =>
    cdkCommand({ cwd: options.folder, folder: options.folder, args, env: cdkEnvironment(options, endpoint) });
  return {
    async synthesise(say) {
      await rm(assembly, { recursive: true, force: true });
      const { stage, gateway } = options;
      const context = [`stage=${stage}`, ...(gateway === undefined ? [] : [`gateway=${gateway}`])];
      const chosen = context.flatMap((value) => ['--context', value]);
      const args = ['synth', '--all', '--quiet', ...chosen, '--output', assembly];
      const env = cdkEnvironment(options, undefined);
      await run('Synthesising the stacks', cdkCommand({ cwd: checkout, folder: options.folder, args, env }), say);
    },
    async bootstrap(endpoint, say) {
      await run('Bootstrapping the account', at(endpoint, ['bootstrap', `aws://${account}/${region}`]), say);
    },
    async destroy(endpoint, say) {
      await run('Removing the stacks', at(endpoint, ['destroy', '--all', '--force', '--app', assembly]), say);
    },
    async deploy(endpoint, say) {
      const how = ['--require-approval', 'never', '--progress', 'events', '--outputs-file', outputsFile];
      await run('Deploying the stacks', at(endpoint, ['deploy', '--all', '--app', assembly, ...how]), say);
      return v.parse(outputsSchema, await readTextIfAny(outputsFile));
    },
  };
}

interface CdkCommand extends Pick<Command, 'cwd' | 'env' | 'args'> {
  readonly folder: string;
}

/** Each kind of command has a log of its own, as two may run at once. */
function cdkCommand({ folder, args, ...rest }: CdkCommand): Command {
  const cli = join(checkout, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const logFile = join(folder, `cdk-${args[0]}.log`);
  return { ...rest, program: process.execPath, args: [cli, ...args, '--no-notices', '--ci'], logFile };
}

/**
 * The whole environment of a CDK command that must only ever reach the local endpoint: no profile, key, proxy or
 * certificate of the user's own gets in.
 */
export function cdkEnvironment(
  { env, folder }: Pick<CdkOptions, 'env' | 'folder'>,
  endpoint: Endpoint | undefined,
): Record<string, string> {
  const nowhere = join(folder, 'no-aws-configuration');
  return {
    PATH: [dirname(process.execPath), env.PATH].filter(Boolean).join(':'),
    ...(env.TMPDIR && { TMPDIR: env.TMPDIR }),
    // The CDK's caches, and no `~/.cdk.json`.
    HOME: folder,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...(endpoint && {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_ENDPOINT_URL_S3: endpoint.url,
      AWS_CA_BUNDLE: endpoint.caFile,
      NODE_EXTRA_CA_CERTS: endpoint.caFile,
    }),
  };
}

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { credentials, region } from '../endpoint.ts';
import { LocalError } from '../local-error.ts';
import type { Processes, Running } from '../processes/processes.ts';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { waitForAnswer } from './wait-for-answer.ts';

export interface EmulatorOptions {
  /** A folder of its own, emptied first. */
  readonly folder: string;
  readonly logFile: string;
  readonly python: string;
  /** Where else to look for programs, behind our own Node. */
  readonly path: string;
  readonly certificates: Certificates;
  readonly processes: Processes;
  readonly signal: AbortSignal;
}

/**
 * Starts MiniStack on a free port, with TLS and IAM enforced; resolves once it answers.
 * @throws {LocalError} where it ends at once or doesn't answer within 30 s: its log says why.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Running & { readonly endpoint: string }> {
  const { folder, certificates, logFile } = options;
  const port = await freePort();
  const endpoint = `https://localhost:${port}`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Its workers are CommonJS files in here; under a package.json that says "module" each would die in silence.
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  const running = await options.processes.start({
    program: options.python,
    args: [join(import.meta.dirname, 'emulator.py')],
    cwd: folder,
    env: environmentOf(options, port),
    logFile,
  });
  const gaveUp = running.ended.then((ending): never => {
    throw new LocalError(`The emulator ended as it started (${ending}); ${logFile} says why.`);
  });
  const what = `The emulator at ${endpoint}, whose log is ${logFile},`;
  const health = waitForAnswer(`${endpoint}/_ministack/health`, what, certificates.caFile, options.signal);
  try {
    await Promise.race([health, gaveUp]);
  } catch (error) {
    await running.stop(0);
    throw error;
  }
  gaveUp.catch(() => {});
  return { ...running, endpoint };
}

/** All of it reaches every Lambda, so nothing of the user's own environment is in here. */
function environmentOf(options: EmulatorOptions, port: number): Record<string, string> {
  const { folder, certificates } = options;
  return {
    // Functions run on the first `node` of the path, whatever runtime they name.
    PATH: [dirname(process.execPath), options.path].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    LANG: 'C.UTF-8',
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    IOT_MTLS_ENABLED: '0',
    AUTH: 'true',
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificates.chainFile,
    MINISTACK_SSL_KEY: certificates.keyFile,
    MINISTACK_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    NODE_EXTRA_CA_CERTS: certificates.caFile,
    // There is none: it must not look into containers of this machine that are not ours.
    DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
  };
}

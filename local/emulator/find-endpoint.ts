import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Endpoint } from '../endpoint.ts';
import { writeFileAtomically } from '../files.ts';
import type { Processes, Running } from '../processes/processes.ts';
import type { ShowStep } from '../steps.ts';
import { prepareCertificates } from './certificates.ts';
import { startEmulator } from './emulator.ts';
import { preparePythonEnvironment } from './python-environment.ts';
import { waitForAnswer } from './wait-for-answer.ts';

export interface FindEndpointOptions {
  /** The address that the user gave, if any. */
  readonly given: string | undefined;
  readonly folder: string;
  /** Where the Python environment is kept; made on first use. */
  readonly pythonFolder: string;
  /** The user's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly processes: Processes;
  readonly signal: AbortSignal;
  readonly step: ShowStep;
}

export interface FoundEndpoint extends Endpoint {
  /** The emulator behind it, where we started it. */
  readonly emulator?: Running;
}

/**
 * The endpoint that was given, else one of an emulator that is started now.
 * @throws {LocalError} where it doesn't answer, or the emulator can't be started: the message says what is missing.
 */
export async function findEndpoint(options: FindEndpointOptions): Promise<FoundEndpoint> {
  const { folder, env, processes, signal, step } = options;
  if (options.given !== undefined) return useEndpoint(options.given, options);
  const python = await step('Prepare the emulator', (say) =>
    preparePythonEnvironment({
      folder: options.pythonFolder,
      logFile: join(folder, 'python.log'),
      processes,
      env,
      say,
      signal,
    }),
  );
  return step('Start the emulator', async () => {
    const certificates = await prepareCertificates(join(folder, 'tls'), new Date());
    const emulator = await startEmulator({
      folder: join(folder, 'emulator'),
      logFile: join(folder, 'emulator.log'),
      path: env.PATH ?? '',
      python,
      certificates,
      processes,
      signal,
    });
    return { url: emulator.endpoint, caFile: certificates.caFile, emulator };
  });
}

async function useEndpoint(url: string, { folder, env, signal, step }: FindEndpointOptions): Promise<FoundEndpoint> {
  return step(`Use the AWS endpoint ${url}`, async () => {
    const caFile = env.AWS_CA_BUNDLE || join(folder, 'tls', 'roots.pem');
    if (!env.AWS_CA_BUNDLE) await writeFileAtomically(caFile, `${rootCertificates.join('\n')}\n`);
    await waitForAnswer(url, `What AWS_ENDPOINT_URL names, ${url},`, caFile, signal);
    return { url, caFile };
  });
}

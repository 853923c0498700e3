import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readTextIfAny, writeFileAtomically } from '../files.ts';
import { LocalError } from '../local-error.ts';
import type { Processes } from '../processes/processes.ts';
import { runCommand } from '../processes/run-command.ts';
import { findPython } from './python.ts';

const requirementsFile = join(import.meta.dirname, 'requirements.txt');

export interface PythonEnvironmentOptions {
  /** Where the virtual environment is, or will be; checkouts may share it. */
  readonly folder: string;
  readonly logFile: string;
  readonly processes: Processes;
  /** The user's own: pip needs their proxies, certificates and indexes. */
  readonly env: Readonly<Record<string, string>>;
  readonly say: (detail: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The Python program of a virtual environment that holds the emulator, made where it is missing, half made or of other
 * versions. It is made beside its place and then moved there, so that one that was interrupted is never used, and two
 * that are made at once don't meet.
 * @throws {LocalError} where there is no Python, or where it or pip fails: the message ends with their output.
 */
export async function preparePythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const { folder, env } = options;
  const python = await findPython(env);
  const stamp = stampOf(await readFile(requirementsFile, 'utf8'), python.version);
  if (!(await isComplete(folder, stamp))) {
    await mkdir(dirname(folder), { recursive: true });
    const part = `${folder}.${process.pid}.part`;
    try {
      await make(part, python.program, options);
      await writeFileAtomically(join(part, 'stamp'), stamp);
      await rm(folder, { recursive: true, force: true });
      await rename(part, folder).catch(async (error: unknown) => {
        if (!(await isComplete(folder, stamp))) throw error;
      });
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
  return programIn(folder);
}

/** Changes with what is to be installed and with the Python that it is installed for. */
function stampOf(requirements: string, version: string): string {
  return `${version} ${createHash('sha256').update(requirements).digest('hex')}\n`;
}

async function isComplete(folder: string, stamp: string): Promise<boolean> {
  return (await readTextIfAny(join(folder, 'stamp'))) === stamp;
}

async function make(folder: string, program: string, options: PythonEnvironmentOptions): Promise<void> {
  const { PYTHONHOME, PYTHONPATH, ...env } = options.env;
  const base = { cwd: dirname(folder), env, logFile: options.logFile };
  options.say('making a Python virtual environment');
  await rm(folder, { recursive: true, force: true });
  const venv = { ...base, program, args: ['-m', 'venv', folder] };
  await runCommand(options.processes, 'Making a Python virtual environment', venv, options).catch((error: unknown) => {
    if (!(error instanceof LocalError)) throw error;
    throw new LocalError(`${error.message}\nOn Debian and Ubuntu it needs \`apt install python3-venv\`.`);
  });
  options.say('installing the emulator');
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', requirementsFile];
  const pip = { ...base, program: programIn(folder), args: install };
  await runCommand(options.processes, 'Installing the emulator with pip', pip, options);
}

function programIn(folder: string): string {
  return join(folder, 'bin', 'python');
}

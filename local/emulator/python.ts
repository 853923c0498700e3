import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LocalError } from '../local-error.ts';

/** What the emulator needs. */
const oldest = { major: 3, minor: 10 };

export interface Python {
  readonly program: string;
  /** `3.11.7` */
  readonly version: string;
}

/** Reads what `python --version` prints: `Python 3.11.7`; undefined where it is something else. */
export function parsePythonVersion(output: string): { major: number; minor: number; text: string } | undefined {
  const [, text, major, minor] = /^Python ((\d+)\.(\d+)\S*)/m.exec(output) ?? [];
  return text === undefined ? undefined : { text, major: Number(major), minor: Number(minor) };
}

export function isNewEnough(version: { readonly major: number; readonly minor: number }): boolean {
  return version.major > oldest.major || (version.major === oldest.major && version.minor >= oldest.minor);
}

/**
 * Finds the Python that runs the emulator: `python3`, else `python`.
 * @throws {LocalError} where none is new enough: install one, or set AWS_ENDPOINT_URL.
 */
export async function findPython(env: Readonly<Record<string, string>>): Promise<Python> {
  const found: string[] = [];
  for (const program of ['python3', 'python']) {
    const version = await versionOf(program, env);
    if (version && isNewEnough(version)) return { program, version: version.text };
    if (version) found.push(`${program} is ${version.text}`);
  }
  const what = found.length === 0 ? 'neither python3 nor python is there' : found.join(', ');
  throw new LocalError(
    `Python ${oldest.major}.${oldest.minor} or newer is needed to run the AWS emulator; on the PATH, ${what}. Install it ` +
      '(Debian, Ubuntu: `apt install python3 python3-venv`; macOS: `brew install python`), or have Docker run ' +
      'one: `docker compose --profile ministack up -d`, and AWS_ENDPOINT_URL=http://localhost:4566 before the command.',
  );
}

async function versionOf(program: string, env: Readonly<Record<string, string>>) {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, ['--version'], { env, timeout: 10_000 });
    return parsePythonVersion(`${stdout}\n${stderr}`);
  } catch {
    return undefined;
  }
}

import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { memberOf } from '../../functions/contract/json-bytes.ts';
import { rotationSteps } from '../../functions/contract/rotation.ts';
import { CommandError } from '../errors.ts';
import type { Part } from '../parts.ts';
import type { Rotation } from '../rotation.ts';
import type { Terminal } from '../terminal.ts';

/** Supplies new credentials, and takes every step with them. */
export async function replaceApiKey(
  { name }: Part,
  rotation: Rotation,
  credentials: string,
  terminal: Terminal,
): Promise<void> {
  await terminal.showStep(`New credentials of ${name}`, async (say) => {
    const version = await rotation.supply(credentials);
    for (const step of rotationSteps) {
      say(step);
      await rotation.take(step, version);
    }
  });
  terminal.print(
    `The new credentials of ${name} are in force: it took them, and lets them do what flows need.\n` +
      'Functions use them within 5 minutes.',
  );
}

const credentialsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.check((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
);

/**
 * Its text goes nowhere but into the secret: no message quotes it.
 * @throws {CommandError} where the file can't be read, or holds no JSON object.
 */
export async function readCredentials(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} can't be read (${error.code}). Name a file with the new credentials.`);
  });
  if (!v.is(credentialsSchema, text)) {
    throw new CommandError(`${file} holds no JSON object. Write the credentials as JSON: {"apiKey":"..."}.`);
  }
  return text.trim();
}

/**
 * A key for the local pipeline must not be tried at the real system, which is where a connector goes that is told no address.
 * @throws {CommandError} where the credentials name none.
 */
export function checkAddress(credentials: string, system: string): void {
  if (typeof memberOf(JSON.parse(credentials), 'url') === 'string') return;
  throw new CommandError(
    `Here ${system} is a simulated one, and the file does not say where: add "url", as systems.${system}.url in ` +
      '.millrace/local.json has it. Nothing was supplied.',
  );
}

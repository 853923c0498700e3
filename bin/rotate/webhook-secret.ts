import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rotationSteps } from '../../functions/contract/rotation.ts';
import { overlaps, type WebhookSecret } from '../../functions/contract/webhook-secret.ts';
import type { Context } from '../command.ts';
import { CommandError, InterruptedError } from '../errors.ts';
import type { Part } from '../parts.ts';
import { progressBar } from '../progress-bar.ts';
import type { WebhookRotation } from '../rotation.ts';
import { durationOf } from '../tables.ts';

/** How often the progress bar moves, in milliseconds. */
const lookEveryMs = 1_000;

/**
 * Makes a new signing secret, or goes on with one that counts beside the old one already, and writes it to a file once
 * the source may have it. Whoever interrupts it, and gives the command again, gets the same secret.
 */
export async function replaceWebhookSecret(
  system: Part,
  rotation: WebhookRotation,
  out: string,
  context: Context,
): Promise<void> {
  const { terminal, now } = context;
  const secret = await terminal.interruptible(async (stop) => {
    const held = await rotation.read();
    const goesOn = held !== undefined && (overlaps(held, now()) || handOverMs(held) > now());
    if (goesOn)
      terminal.print(`A rotation for ${system.name} is under way: this goes on with it, and makes no other secret.`);
    const made = goesOn ? held : await make(system, rotation, context);
    await waitForReceivers(system, made, stop, context);
    return made;
  });
  await write(out, secret.current);
  terminal.print(wordsFor(system, secret, out, now()));
}

async function make({ name }: Part, rotation: WebhookRotation, { terminal }: Context): Promise<WebhookSecret> {
  await terminal.showStep(`New signing secret of ${name}`, async (say) => {
    const version = rotation.newVersion();
    for (const step of rotationSteps) {
      say(step);
      await rotation.take(step, version);
    }
  });
  const made = await rotation.read();
  if (made !== undefined) return made;
  throw new CommandError(`The new signing secret of ${name} can't be read back. Give the command again.`);
}

/** Until then one of them might refuse what the new secret signs. */
async function waitForReceivers({ name }: Part, secret: WebhookSecret, stop: AbortSignal, context: Context) {
  const { terminal, now, sleep } = context;
  const [beganMs, untilMs] = [now(), handOverMs(secret)];
  if (beganMs >= untilMs) return;
  const wait = durationOf(untilMs - beganMs + 999);
  terminal.print(`The new signing secret of ${name} is in force beside the old one. In ${wait} all receivers have it.`);
  await terminal.showStep('Waiting for the receivers', async (say) => {
    for (let nowMs = beganMs; nowMs < untilMs && !stop.aborted; nowMs = now()) {
      say(`${progressBar((nowMs - beganMs) / (untilMs - beganMs))} ${durationOf(untilMs - nowMs + 999)}`);
      await sleep(Math.min(lookEveryMs, untilMs - nowMs), stop);
    }
  });
  if (!stop.aborted) return;
  throw new InterruptedError('Interrupted: nobody was given the new secret. Give the command again to go on.');
}

function handOverMs({ handOverFrom }: WebhookSecret): number {
  return handOverFrom === undefined ? 0 : Date.parse(handOverFrom);
}

function wordsFor({ name }: Part, secret: WebhookSecret, out: string, nowMs: number): string {
  return [
    `${out} holds the new signing secret of ${name}; you alone may read it. All receivers take it.`,
    `Give it to ${name}${overlapOf(secret, nowMs)} Then delete the file.`,
    'docs/runbook.md, "Replace the secret that signs webhooks", tells where it goes.',
  ].join('\n');
}

function overlapOf(secret: WebhookSecret, nowMs: number): string {
  if (secret.previous === undefined || secret.previousValidUntil === undefined) return '.';
  const until = `${secret.previousValidUntil.slice(0, 19).replace('T', ' ')} UTC`;
  if (!overlaps(secret, nowMs)) return ` at once: the old one is refused since ${until}.`;
  return ` before ${until}: until then the old one is taken, too, and afterwards refused.`;
}

/**
 * Before anything is made: what can't be written in the end must not be begun.
 * @throws {CommandError} where a file is there already, or none can be made.
 */
export async function checkOut(file: string): Promise<void> {
  const [there, writable] = await Promise.all([
    access(file).then(
      () => true,
      () => false,
    ),
    access(dirname(file), constants.W_OK).then(
      () => true,
      () => false,
    ),
  ]);
  if (there) throw new CommandError(`${file} is there already. Name a file that is not there yet.`);
  if (!writable) throw new CommandError(`No file can be made in ${dirname(file)}. Name another one by --out.`);
}

async function write(file: string, secret: string): Promise<void> {
  try {
    await writeFile(file, secret, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CommandError(
      `${file} can't be written (${code}). Give the command again with another --out: it goes on.`,
    );
  }
}

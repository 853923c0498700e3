import { defineCommand } from '../command.ts';
import { CommandError, exitCodes, UsageError } from '../errors.ts';
import { localStage } from '../open-stage.ts';
import { stageOption } from '../options.ts';
import { findPart } from '../parts.ts';
import { checkAddress, readCredentials, replaceApiKey } from '../rotate/api-key.ts';
import { type RotatableSystem, systemsOf } from '../rotate/rotatable.ts';
import { checkOut, replaceWebhookSecret } from '../rotate/webhook-secret.ts';

/** `millrace rotate SYSTEM --secret-file F | --out F` */
export const rotateCommand = defineCommand({
  name: 'rotate',
  summary: "replace a system's API key, or the secret that signs its webhooks",
  synopsis: 'SYSTEM --secret-file FILE | --out FILE',
  word: { name: 'SYSTEM', required: true },
  help: ({ integrations }) => [
    '--secret-file supplies a new API key, tries it by calls that change nothing, and brings it into force if the system',
    'takes it and lets it do what flows need. Otherwise the old one stays. The file holds what the credentials secret is to',
    'hold, as JSON: {"apiKey":"..."}, and "url" where the system is not at its usual address, as that of npm start is not. It is',
    'read once; delete it afterwards.',
    '',
    '--out makes a new signing secret, which counts beside the old one for a day, and waits until every receiver has read it.',
    'Only then is it written to FILE, for you to give it to the system. Interrupted, and given again, it goes on.',
    '',
    `API keys:         ${namesOf(systemsOf(integrations).filter(({ hasApiKey }) => hasApiKey))}`,
    `Signing secrets:  ${namesOf(systemsOf(integrations).filter(({ hasOwnSecret }) => hasOwnSecret))}`,
  ],
  options: {
    'secret-file': { type: 'string', value: 'FILE', help: 'the new credentials, as JSON' },
    out: { type: 'string', value: 'FILE', help: 'where the new signing secret goes; no file may be there yet' },
    ...stageOption,
  },
  async run({ word, values: { 'secret-file': file, out, stage: stageName = localStage } }, context) {
    const system = findPart(word, systemsOf(context.integrations));
    const way = wayOf(system, file, out);
    if (way.kind === 'api-key') {
      const credentials = await readCredentials(way.file);
      if (stageName === localStage) checkAddress(credentials, system.name);
      await replaceApiKey(
        system,
        (await context.openStage(stageName)).rotationOf(system),
        credentials,
        context.terminal,
      );
      context.terminal.print(`Then end the old ones at ${system.name}, and delete ${way.file}.`);
    } else {
      await checkOut(way.file);
      const rotation = (await context.openStage(stageName)).webhookRotationOf(system);
      await replaceWebhookSecret(system, rotation, way.file, context);
    }
    return exitCodes.done;
  },
});

function namesOf(systems: readonly RotatableSystem[]): string {
  return systems.length === 0 ? 'none' : systems.map(({ name }) => name).join(', ');
}

type Way = { readonly kind: 'api-key' | 'webhook'; readonly file: string };

/** Which of its secrets is to be replaced. */
function wayOf(system: RotatableSystem, file: string | undefined, out: string | undefined): Way {
  const { name, hasApiKey, hasOwnSecret } = system;
  if (file !== undefined && out !== undefined) {
    throw new UsageError('--secret-file replaces an API key, --out a signing secret. Give one of them.');
  }
  if (file !== undefined) {
    if (hasApiKey) return { kind: 'api-key', file };
    const remedy = 'Put its new credentials into its secret: docs/runbook.md, "Replace an OAuth client\'s secret".';
    throw new CommandError(`${name} signs in by no API key. ${remedy}`);
  }
  if (out !== undefined) {
    if (hasOwnSecret) return { kind: 'webhook', file: out };
    const remedy = 'Put the one that it shows: docs/runbook.md, "Replace the secret that signs webhooks".';
    throw new CommandError(`Millrace does not make the secret that signs the webhooks of ${name}. ${remedy}`);
  }
  if (hasOwnSecret && !hasApiKey) throw new UsageError('--out is missing: name a file for the new signing secret.');
  throw new UsageError('--secret-file is missing: name a file with the new credentials.');
}

import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { rotationSteps } from '../../functions/contract/rotation.ts';
import { type Context, defineCommand } from '../command.ts';
import { CommandError, exitCodes, UsageError } from '../errors.ts';
import { localStage } from '../open-stage.ts';
import { stageOption } from '../options.ts';
import { findPart, type Integration, type Part, partsOf } from '../parts.ts';

/** `millrace rotate SYSTEM --secret-file F` */
export const rotateCommand = defineCommand({
  name: 'rotate',
  summary: "replace a system's API key by one that was tried",
  synopsis: 'SYSTEM --secret-file FILE',
  word: { name: 'SYSTEM', required: true },
  help: ({ integrations }) => [
    'Supplies a new API key, tries it by calls that change nothing, and brings it into force if the system takes it and',
    'lets it do what flows need. Otherwise the old one stays. The file holds what the credentials secret is to hold, as',
    'JSON: {"apiKey":"..."}. It is read once; delete it afterwards.',
    '',
    `Systems:  ${rotatable(integrations)
      .map(({ name }) => name)
      .join(', ')}`,
  ],
  options: {
    'secret-file': { type: 'string', value: 'FILE', help: 'the new credentials, as JSON' },
    ...stageOption,
  },
  async run({ word, values: { 'secret-file': file, stage: stageName = localStage } }, context) {
    if (file === undefined) throw new UsageError('--secret-file is missing: name a file with the new credentials.');
    const system = findRotatable(word, context);
    const credentials = await readCredentials(file);
    const stage = await context.openStage(stageName);
    const rotation = stage.rotationOf(system);
    await context.terminal.showStep(`New credentials of ${system.name}`, async (say) => {
      const version = await rotation.supply(credentials);
      for (const step of rotationSteps) {
        say(step);
        await rotation.take(step, version);
      }
    });
    context.terminal.print(
      `The new credentials of ${system.name} are in force: it took them, and lets them do what flows need.\n` +
        `Functions use them within 5 minutes. Then end the old ones at ${system.name}, and delete ${file}.`,
    );
    return exitCodes.done;
  },
});

/** Systems whose credentials are used as they are; of the others tokens are made. */
function rotatable(integrations: readonly Integration[]): Part[] {
  return partsOf(integrations).filter(({ kind, integration, name }) => {
    const system = integrations.find((each) => each.name === integration)?.systems[name];
    return kind === 'system' && system?.auth === 'api-key';
  });
}

function findRotatable(name: string, { integrations }: Context): Part {
  const systems = partsOf(integrations).filter(({ kind }) => kind === 'system');
  const system = findPart(name, systems);
  const known = rotatable(integrations);
  if (known.some((each) => each.integration === system.integration && each.name === system.name)) return system;
  throw new CommandError(
    `${system.name} signs in by no API key. Put its new credentials into its secret: ` +
      'docs/runbook.md, "Replace an OAuth client\'s secret".',
  );
}

const credentialsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.check((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
);

/** Its text goes nowhere but into the secret: no message quotes it. */
async function readCredentials(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} can't be read (${error.code}). Name a file with the new credentials.`);
  });
  if (!v.is(credentialsSchema, text)) {
    throw new CommandError(`${file} holds no JSON object. Write the credentials as JSON: {"apiKey":"..."}.`);
  }
  return text.trim();
}

import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputName, secretName } from '../../functions/contract/names.ts';
import { copyWith, readTutorial, type Tutorial } from '../support/tutorial.ts';

/** Type checking and bundling everything, on a busy machine. */
const slowMs = 120_000;

const execute = promisify(execFile);

/** Runs a program; where it fails, the error has what it said. */
async function run(program: string, args: string[], cwd: string): Promise<string> {
  const output = ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr;
  return execute(program, args, { cwd }).then(output, (error) => {
    throw new Error(output(error), { cause: error });
  });
}

const root = join(import.meta.dirname, '..', '..');
let tutorial: Tutorial;
let copy: string;

beforeAll(async () => {
  tutorial = await readTutorial('add-an-integration.md');
  copy = await copyWith(tutorial.files);
});
afterAll(() => rm(copy, { recursive: true, force: true }));

describe('the page on adding an integration', () => {
  it('names six files, of which one was there: it lists what is shipped, and the new one', async () => {
    const shipped = await readFile(join(root, 'integrations', 'integrations.ts'), 'utf8');

    const [registered = ''] = [...tutorial.files].flatMap(([path, body]) =>
      path === 'integrations/integrations.ts' ? [body] : [],
    );

    expect([...tutorial.files.keys()].filter((path) => !path.includes('/stripe-directory/'))).toEqual([
      'integrations/integrations.ts',
    ]);
    const without = registered
      .replace(/^\/\/ .*\n/, '')
      .replace(/^import stripeDirectory .*\n/m, '')
      .replace(', stripeDirectory', '');
    expect(without).toBe(shipped);
  });

  it(
    'compiles and is bundled by the commands that it gives, with nothing beside what it says',
    async () => {
      const [check = ''] = tutorial.commands;

      const said = await run('bash', ['-ec', check], copy);

      expect(check).toBe('npx tsc && npm run bundle\n');
      expect(said).toMatch(/stripe-directory\/receive-webhook-stripe +\d+ KB/);
      expect(said).toMatch(/stripe-directory\/deliver-event-customer-to-directory +\d+ KB/);
      expect(said).not.toContain('OVER BUDGET');
    },
    slowMs,
  );

  it('is formatted and free of mistakes, as all code here', async () => {
    const files = [...tutorial.files.keys()];
    const biome = join(root, 'node_modules', '.bin', 'biome');

    const said = await run(biome, ['ci', '--vcs-enabled=false', ...files], copy);

    expect(said).toContain(`Checked ${files.length} files`);
  });

  it('names the secrets and the output that there are', () => {
    const secrets = (['credentials', 'webhook'] as const).map((purpose) =>
      secretName('dev', 'stripe-directory', 'stripe', purpose),
    );
    const named = [...tutorial.text.matchAll(/--secret-id (\S+)/g)].map(([, name]) => name);

    expect(named).toEqual([...secrets, secretName('dev', 'stripe-directory', 'directory', 'credentials')]);
    expect(tutorial.text).toContain(`\`${outputName('WebhookUrl', 'stripe-directory', 'stripe')}\``);
  });
});

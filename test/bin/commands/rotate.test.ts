import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { CommandError } from '../../../bin/errors.ts';
import { MemoryStage } from '../support/stage.ts';
import { millrace as typed } from '../support/typed.ts';

let stage: MemoryStage;
let opened: string[];

beforeEach(() => {
  stage = new MemoryStage();
  opened = [];
});

function millrace(...words: readonly string[]) {
  const openStage = async (name: string) => {
    opened.push(name);
    return stage;
  };
  return typed({ openStage }, ...words);
}

function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-rotate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key.json');
  writeFileSync(file, text);
  return file;
}

const key = '{"apiKey":"rk_live_new","url":"http://127.0.0.1:9"}';

it('supplies the credentials of the file, takes every step with them, and says what is left to do', async () => {
  const { code, out } = await millrace('rotate', 'stripe', '--secret-file', aFile(`${key}\n`), '--stage', 'prod');

  expect(code).toBe(0);
  expect(opened).toEqual(['prod']);
  expect(stage.rotated).toEqual([
    `stripe: ${key}`,
    ...['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((step) => `${step} version-1`),
  ]);
  expect(out).toContain('The new credentials of stripe are in force');
  expect(out).not.toContain('rk_live_new');
});

it('where they do not come into force, says why and what to do, and takes no further step', async () => {
  const refusal = 'The new credentials are not in force: http-403 at stripe.write.customer. Mend what was refused';
  stage.refusesStep = (step) => (step === 'testSecret' ? new CommandError(refusal) : undefined);

  const { code, out, err } = await millrace('rotate', 'stripe', '--secret-file', aFile(key));

  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(refusal);
  expect(stage.rotated.at(-1)).toBe('setSecret version-1');
});

it.each([
  ['no file', ['stripe'], 2, '--secret-file is missing'],
  ['no system', ['--secret-file', 'f'], 2, 'SYSTEM is missing'],
  ['a system that is none', ['strip', '--secret-file', 'f'], 3, "Did you mean 'stripe'"],
  ['a flow', ['stripe-customer-to-account', '--secret-file', 'f'], 3, 'Did you mean'],
  ['a system with tokens', ['salesforce', '--secret-file', 'f'], 1, 'salesforce signs in by no API key'],
  ['a file that is not there', ['stripe', '--secret-file', '/none/key'], 1, "/none/key can't be read (ENOENT)"],
])('is refused with %s, before anything is opened', async (_what, words, exitCode, message) => {
  const { code, err } = await millrace('rotate', ...words);

  expect(code).toBe(exitCode);
  expect(err).toContain(message);
  expect(opened).toEqual([]);
});

it.each(['rk_live_new', '"rk_live_new"', '["rk_live_new"]', ''])(
  'refuses a file with %j, and does not quote it',
  async (text) => {
    const { code, err } = await millrace('rotate', 'stripe', '--secret-file', aFile(text));

    expect(code).toBe(1);
    expect(err).toContain('holds no JSON object. Write the credentials as JSON');
    expect(err).not.toContain('rk_live');
    expect(opened).toEqual([]);
  },
);

it('supplies no key to the local pipeline that would be tried at the real system', async () => {
  const file = aFile('{"apiKey":"rk_live_new"}');

  const { code, err } = await millrace('rotate', 'stripe', '--secret-file', file);
  const deployed = await millrace('rotate', 'stripe', '--secret-file', file, '--stage', 'prod');

  expect([code, err]).toEqual([1, expect.stringContaining('add "url", as systems.stripe.url in .millrace/local.json')]);
  expect(deployed.code).toBe(0);
  expect(opened).toEqual(['prod']);
});

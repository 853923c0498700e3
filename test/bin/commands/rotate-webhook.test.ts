import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CommandError } from '../../../bin/errors.ts';
import { MemoryStage, nowMs } from '../support/stage.ts';
import { type Situation, millrace as typed } from '../support/typed.ts';

const minutes = 60_000;
const iso = (ms: number) => new Date(nowMs + ms).toISOString();
const oldSecret = 'a'.repeat(64);
const newSecret = 'b'.repeat(64);
const made = {
  current: newSecret,
  previous: oldSecret,
  previousValidUntil: iso(24 * 60 * minutes),
  handOverFrom: iso(6 * minutes),
};

let stage: MemoryStage;
let opened: string[];
let clock: { nowMs: number };
let out: string;

beforeEach(() => {
  stage = new MemoryStage();
  stage.webhookSecret = { current: oldSecret };
  stage.madeSecret = made;
  opened = [];
  clock = { nowMs };
  const folder = mkdtempSync(join(tmpdir(), 'millrace-rotate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  out = join(folder, 'secret.txt');
});

/** Time passes while it waits. */
function millrace(words: readonly string[], onProgress: Situation['onProgress'] = () => {}) {
  const situation: Situation = {
    openStage: async (name) => {
      opened.push(name);
      return stage;
    },
    now: () => clock.nowMs,
    onProgress: (detail, interrupt) => {
      if (detail.includes('░') || detail.includes('█')) clock.nowMs += 1_000;
      onProgress(detail, interrupt);
    },
  };
  return typed(situation, 'rotate', ...words);
}

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map(
  (step) => `salesforce webhook: ${step} version-1`,
);

describe('millrace rotate of a signing secret', () => {
  it('takes every step, waits for the receivers, and writes it to a file that its owner alone may read', async () => {
    const shown: string[] = [];

    const { code, out: printed, err } = await millrace(['salesforce', '--out', out], (detail) => shown.push(detail));

    expect([code, err]).toEqual([0, '']);
    expect(stage.rotated).toEqual(steps);
    expect(clock.nowMs).toBe(nowMs + 6 * minutes);
    expect(shown.filter((detail) => detail.includes('░')).at(0)).toMatch(/^░{30} 6 min$/);
    expect(readFileSync(out, 'utf8')).toBe(newSecret);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(printed).toContain('Give it to salesforce before 2026-11-21 08:00:00 UTC');
    expect(printed).toContain('docs/runbook.md, "Replace the secret that signs webhooks"');
    for (const secret of [oldSecret, newSecret]) expect(`${printed}${shown}`).not.toContain(secret);
  });

  it('interrupted while it waits, it gives nothing out; given again, it goes on with the same secret', async () => {
    const first = await millrace(['salesforce', '--out', out], (detail, interrupt) => {
      if (detail.includes('3 min')) interrupt();
    });
    expect(first.code).toBe(130);
    expect(first.err).toContain('nobody was given the new secret. Give the command again to go on.');
    expect(() => statSync(out)).toThrow('ENOENT');

    const second = await millrace(['salesforce', '--out', out]);

    expect(second.code).toBe(0);
    expect(second.out).toContain('A rotation for salesforce is under way: this goes on with it');
    expect(stage.rotated).toEqual(steps);
    expect(clock.nowMs).toBeGreaterThanOrEqual(nowMs + 6 * minutes);
    expect(readFileSync(out, 'utf8')).toBe(newSecret);
  });

  it('given again within the overlap, it hands out the same secret at once; after it, it makes another one', async () => {
    stage.webhookSecret = made;
    clock.nowMs = nowMs + 60 * minutes;
    const within = await millrace(['salesforce', '--out', out]);
    const during = [...stage.rotated];
    clock.nowMs = nowMs + 25 * 60 * minutes;
    stage.madeSecret = { current: 'c'.repeat(64), previous: newSecret };

    const after = await millrace(['salesforce', '--out', `${out}.2`]);

    expect([within.code, after.code, during]).toEqual([0, 0, []]);
    expect(readFileSync(out, 'utf8')).toBe(newSecret);
    expect(readFileSync(`${out}.2`, 'utf8')).toBe('c'.repeat(64));
  });

  it('makes the first one of a stage, for which nobody need wait', async () => {
    stage.webhookSecret = undefined;
    stage.madeSecret = { current: newSecret };

    const { code, out: printed } = await millrace(['salesforce', '--out', out]);

    expect([code, clock.nowMs]).toEqual([0, nowMs]);
    expect(printed).toContain('Give it to salesforce. Then delete the file.');
  });

  it('that fails its test step tells why, and writes nothing', async () => {
    const refusal = 'The new value is not in force: not-verified. Begin again';
    stage.refusesStep = (step) => (step === 'testSecret' ? new CommandError(refusal) : undefined);

    const { code, err } = await millrace(['salesforce', '--out', out]);

    expect(code).toBe(1);
    expect(err).toContain(refusal);
    expect(stage.webhookSecret).toEqual({ current: oldSecret });
    expect(() => statSync(out)).toThrow('ENOENT');
  });

  it('is refused with a file that is there, before anything is made', async () => {
    writeFileSync(out, 'mine');

    const { code, err } = await millrace(['salesforce', '--out', out]);

    expect([code, opened]).toEqual([1, []]);
    expect(err).toContain('is there already. Name a file that is not there yet.');
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it.each([
    ['no way', ['salesforce'], 2, '--out is missing: name a file for the new signing secret'],
    ['two ways', ['stripe', '--secret-file', 'a', '--out', 'b'], 2, 'Give one of them.'],
    ['a folder that is not there', ['salesforce', '--out', '/none/secret'], 1, 'No file can be made in /none'],
    ['a secret of the sender', ['stripe', '--out', 'b'], 1, 'Millrace does not make the secret that signs'],
    ['a system that sends by its own secret', ['github', '--out', 'b'], 3, "'github' names no single system"],
  ])('is refused with %s, before anything is opened', async (_what, words, exitCode, message) => {
    const { code, err } = await millrace(words);

    expect([code, opened]).toEqual([exitCode, []]);
    expect(err).toContain(message);
  });

  it('names in its help what it can be done for', async () => {
    const { out: help } = await millrace(['--help']);

    expect(help).toContain('API keys:         stripe\n');
    expect(help).toContain('Signing secrets:  salesforce\n');
  });
});

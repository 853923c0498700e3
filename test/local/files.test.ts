import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTextIfAny, writeFileAtomically } from '../../local/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('writes just the content, for its owner only', async () => {
  const path = join(folder, 'new', 'secret');

  await writeFileAtomically(path, 'whsec_1');

  expect(await readFile(path, 'utf8')).toBe('whsec_1');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('shows a reader whole contents only, and leaves nothing else behind', async () => {
  const path = join(folder, 'local.json');
  const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
  await writeFileAtomically(path, contents[0]!);
  let writing = true;
  const partial: number[] = [];
  const reading = (async () => {
    while (writing) {
      const text = await readFile(path, 'utf8');
      if (!contents.includes(text)) partial.push(text.length);
    }
  })();

  for (let round = 0; round < 10; round += 1) await writeFileAtomically(path, contents[round % 2]!);
  writing = false;
  await reading;

  expect(partial).toEqual([]);
  expect(await readdir(folder)).toEqual(['local.json']);
});

it('leaves the old content where writing fails', async () => {
  const path = join(folder, 'local.json');
  await writeFileAtomically(path, 'old');

  await expect(writeFileAtomically(path, Symbol('no text') as never)).rejects.toThrow();

  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['local.json']);
});

it('reads undefined where there is no file', async () => {
  expect(await readTextIfAny(join(folder, 'none'))).toBeUndefined();
});

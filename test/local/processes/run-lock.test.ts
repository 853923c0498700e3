import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeFolder } from '../../../local/processes/run-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('refuses a second one, naming the pid of the first', async () => {
  await takeFolder(folder);

  await expect(takeFolder(folder)).rejects.toThrow(`process ${process.pid}`);
});

it('may be taken again once it was given back', async () => {
  const giveBack = await takeFolder(folder);

  await giveBack();

  expect(await readdir(folder)).toEqual([]);
  await takeFolder(folder);
});

it.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, started: '1' }],
  ['a process whose pid was given to another one', { pid: process.pid, started: 'earlier' }],
  ['a file that was only half written', undefined],
])('takes over from %s', async (_what, owner) => {
  const path = join(folder, 'running.json');
  await writeFile(path, owner === undefined ? '{"pid":' : JSON.stringify(owner));

  await takeFolder(folder);

  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
  await expect(access(path)).resolves.toBeUndefined();
});

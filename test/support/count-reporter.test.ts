import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatCounts } from './count-reporter.ts';

const modules = join(import.meta.dirname, '..', '..', 'node_modules');

let folder: string;
beforeEach(async () => {
  // Inside node_modules, so that the tests in there find vitest.
  await mkdir(join(modules, '.cache'), { recursive: true });
  folder = await mkdtemp(join(modules, '.cache', 'millrace-counts-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs these test files by a vitest of their own; resolves to its exit code and its last line. */
async function run(files: Readonly<Record<string, string>>) {
  const reporter = JSON.stringify(join(import.meta.dirname, 'count-reporter.ts'));
  const projects = `[{ test: { name: 'one', include: ['one/*'], exclude: [] } }, { test: { name: 'two', include: ['two/*'], exclude: [] } }]`;
  await writeFile(
    join(folder, 'vitest.config.js'),
    `export default { test: { reporters: ['default', ${reporter}], projects: ${projects} } }`,
  );
  for (const [path, source] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), `import { afterAll, describe, it } from 'vitest';\n${source}`);
  }
  return new Promise<{ code: number; last: string | undefined }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(modules, 'vitest', 'vitest.mjs'), 'run', '--root', folder],
      (_error, stdout) => resolve({ code: child.exitCode ?? -1, last: stdout.trimEnd().split('\n').at(-1) }),
    );
  });
}

const passing = "it('passes', () => {});";

it('ends with the counts of all projects', async () => {
  expect(await run({ 'one/a.js': passing, 'two/b.js': passing })).toEqual({ code: 0, last: '2 passed, 0 failed' });
});

it('counts what failed outside of a test as failed, too', async () => {
  const files = {
    'one/a.js': `${passing} it('fails', () => { throw new Error('no'); }); it.skip('is skipped', () => {});`,
    'one/does-not-load.js': "throw new Error('no');",
    'two/hook.js': `describe('suite', () => { ${passing} afterAll(() => { throw new Error('no'); }); });`,
    'two/unhandled.js': "it('passes, and breaks later', () => { Promise.reject(new Error('no')); });",
  };

  expect(await run(files)).toEqual({ code: 1, last: '3 passed, 4 failed, 1 skipped' });
});

it('says nothing of skipped tests where there are none', () => {
  expect(formatCounts({ passed: 12, failed: 1, skipped: 0 })).toBe('12 passed, 1 failed');
});

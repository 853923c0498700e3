import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const entry = join(import.meta.dirname, '..', '..', 'bin', 'millrace.ts');

/** Runs the command as a process of its own. */
async function run(words: readonly string[], closesOutput = false) {
  const child = spawn(process.execPath, [entry, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  if (closesOutput) child.stdout.destroy();
  else child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

describe('the millrace process', () => {
  it('ends with the exit code, and keeps results and complaints apart', async () => {
    const help = await run(['help']);
    const wrong = await run(['parked', 'show']);

    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toContain('Usage: millrace');
    expect([wrong.code, wrong.out]).toEqual([2, '']);
    expect(wrong.err).toContain('ID is missing.');
  });

  it('ends quietly when whoever reads its output has gone', async () => {
    const { code, err } = await run(['help'], true);

    expect([code, err]).toEqual([0, '']);
  });
});

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Runs the promise tests by one gateway: `npm run promises -- --gateway rest [FILE ...]`. All else that is typed goes to
 * vitest.
 */
const { values, tokens } = parseArgs({
  options: { gateway: { type: 'string' } },
  strict: false,
  tokens: true,
});
const own = tokens.flatMap((token) => {
  if (token.kind !== 'option' || token.name !== 'gateway') return [];
  return token.inlineValue ? [token.index] : [token.index, token.index + 1];
});
const others = process.argv.slice(2).filter((_, index) => !own.includes(index));
const vitest = join(import.meta.dirname, '..', 'node_modules', 'vitest', 'vitest.mjs');
const gateway = typeof values.gateway === 'string' ? { MILLRACE_GATEWAY: values.gateway } : {};
const running = spawn(process.execPath, [vitest, 'run', '--project', 'promises', ...others], {
  stdio: 'inherit',
  env: { ...process.env, ...gateway },
});
running.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

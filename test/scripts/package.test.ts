import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemes } from '../../functions/signatures/schemes.ts';
import { signStripe } from '../../functions/signatures/stripe.ts';

/** Building, packing and installing, on a busy machine. */
const slowMs = 120_000;

const root = join(import.meta.dirname, '..', '..');
const tsc = join(root, 'node_modules', '.bin', 'tsc');
const execute = promisify(execFile);
/** Not this run's own settings of npm, nor anything of a registry. */
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
};

let folder: string;
let installed: string;

/** Runs a program in the folder that the package was installed in; resolves to its exit code and all that it said. */
async function run(program: string, ...args: readonly string[]) {
  return execute(program, args, { cwd: folder, env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), output: `${stdout}${stderr}` }),
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-package-'));
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  // By its `prepare`, as `npm ci` in a fresh clone does.
  execFileSync('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: root, env, stdio: 'pipe' });
  const [tarball = ''] = readdirSync(packed);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', join(packed, tarball)], {
    cwd: folder,
    env,
    stdio: 'pipe',
  });
  installed = join(folder, 'node_modules');
}, slowMs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);

describe('the tarball, installed in an empty folder without a network,', () => {
  it('brings nothing else, and none of the sources', () => {
    const files = readdirSync(join(installed, 'millrace'), { recursive: true, encoding: 'utf8' });

    expect(readdirSync(installed).filter((name) => !name.startsWith('.'))).toEqual(['millrace']);
    expect(files.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md']));
  });

  it("verifies by the README's code, which compiles against its types alone", async () => {
    const blocks = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs);
    const [code = ''] = [...blocks].flatMap(([, block = '']) =>
      block.includes("from 'millrace/signatures'") ? [block] : [],
    );
    write('receive.ts', code);
    const strict = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2024'];
    const { headers } = signStripe({ headers: {}, body: Buffer.from('{}') }, 'whsec_1', Date.now());
    write(
      'use.ts',
      `import { receive } from './receive.ts';
const headers = ${JSON.stringify(headers)};
for (const body of ['{}', '{ }']) {
  const request = new Request('https://a.example', { method: 'POST', headers, body });
  console.log((await receive(request, ['whsec_1'])).status);
}`,
    );

    const compiled = await run(tsc, ...strict, '--types', '', 'receive.ts');
    const used = await run(process.execPath, 'use.ts');

    expect(compiled).toEqual({ code: 0, output: '' });
    expect(used).toEqual({ code: 0, output: '202\n401\n' });
  });

  it('has every scheme, each by a function of its own, and what signs as its sender does', async () => {
    write(
      'all.js',
      `import * as all from 'millrace/signatures';
const options = { certificates: all.publicCertificates(), header: 'x-signature' };
const made = Object.entries(all).flatMap(([name, make]) =>
  typeof make === 'function' && !/^sign|^public/.test(name) ? [make(options).name] : []);
const signers = Object.keys(all).filter((name) => name.startsWith('sign'));
console.log(JSON.stringify([made, Object.keys(all.schemes), signers.length]));`,
    );

    const { output } = await run(process.execPath, 'all.js');
    const [made, listed, signers] = JSON.parse(output);

    expect(made.toSorted()).toEqual(Object.keys(schemes).toSorted());
    expect(listed).toEqual(Object.keys(schemes));
    expect(signers).toBe(Object.values(schemes).filter((entry) => 'signer' in entry).length);
  });

  it('refuses, by its types, what the functions refuse', async () => {
    write('wrong.ts', "import { stripe } from 'millrace/signatures';\nstripe({ toleranceSeconds: 'long' });\n");

    const { code, output } = await run(tsc, '--noEmit', '--strict', '--module', 'nodenext', 'wrong.ts');

    expect(code).not.toBe(0);
    expect(output).toContain("Type 'string' is not assignable to type 'number'");
  });

  it('has the command as JavaScript, which verifies', async () => {
    const body = Buffer.from('{"id":"evt_1"}');
    const { headers } = signStripe({ headers: {}, body }, 'whsec_1', Date.now());
    write('secret', 'whsec_1\n');
    write('body', body);
    const words = [
      '--scheme',
      'stripe',
      '--secret-file',
      'secret',
      '--header',
      `Stripe-Signature: ${headers['stripe-signature']}`,
    ];
    const command = join(installed, '.bin', 'millrace');

    const listed = await run(command, 'verify', '--list');
    const valid = await run(command, 'verify', ...words, '--body-file', 'body');
    const invalid = await run(command, 'verify', ...words, '--body-file', 'secret');

    expect(
      listed.output
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(Object.keys(schemes));
    expect([valid.code, invalid.code]).toEqual([0, 1]);
  });

  it('knows its samples, and says what needs the repository', async () => {
    const command = join(installed, '.bin', 'millrace');

    const help = await run(command, 'send', '--help');
    const start = await run(command, 'start');

    expect(help.output).toContain('customer.created');
    expect(start.code).toBe(1);
    expect(start.output).toContain('npm start');
  });
});

it('runs from a checkout without being built', async () => {
  const { stdout } = await execute(join(root, 'bin', 'millrace.js'), ['verify', '--list'], { env });

  expect(stdout.split(' ')[0]).toBe('stripe');
});

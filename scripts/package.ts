import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

// `npm run prepare`, which npm runs after `npm ci` and before `npm pack`: builds what a tarball holds. Node strips no
// types below node_modules, so it is JavaScript there; and it holds all that it needs, so that it installs nothing else.

const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist-package');

rmSync(outdir, { recursive: true, force: true });
const options = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  logLevel: 'error',
} as const satisfies BuildOptions;
await Promise.all([
  build({ ...options, entryPoints: { signatures: join(root, 'scripts', 'package', 'signatures.ts') } }),
  build({
    ...options,
    entryPoints: { millrace: join(root, 'bin', 'millrace.ts') },
    // A command's own code is read only when it is typed. All in one folder: `bin/root.ts` counts on it.
    splitting: true,
    mainFields: ['module', 'main'],
    // Packages in CommonJS that ask for a module at run time.
    banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
    legalComments: 'linked',
  }),
]);
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['--project', join(root, 'scripts', 'package')], {
  stdio: 'inherit',
  cwd: root,
});

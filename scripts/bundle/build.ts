import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { builtinsPlugin } from './builtins-plugin.ts';
import { credentialsPlugin } from './credentials-plugin.ts';
import type { Entry } from './entry.ts';

/** A finished bundle. */
export interface Bundle extends Entry {
  readonly bytes: number;
  /** Every file that went into it, relative to the project's root. */
  readonly inputs: readonly string[];
}

export interface BuildPlace {
  /** The project: imports are resolved from here. */
  readonly root: string;
  /** Where bundles go: `<folder>/<entry's name>/index.mjs`. */
  readonly folder: string;
}

/** How every bundle is made. */
export const bundleOptions = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // ES modules shake better, and load faster, than the CommonJS that `main` names.
  mainFields: ['module', 'main'],
  // Packages in CommonJS that ask for a module at run time.
  banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
  legalComments: 'none',
  plugins: [builtinsPlugin, credentialsPlugin],
  metafile: true,
  write: false,
  logLevel: 'error',
} as const satisfies BuildOptions;

/**
 * Bundles one entry. The same sources give the same bytes, and a file that is right already is left alone: somebody
 * else may be deploying it.
 * @throws {Error} of esbuild, naming the file that is missing or malformed.
 */
export async function buildBundle(entry: Entry, { root, folder }: BuildPlace): Promise<Bundle> {
  const stdin = { contents: entry.module, resolveDir: root, sourcefile: `${entry.name}.ts`, loader: 'ts' } as const;
  const result = await build({
    ...bundleOptions,
    stdin,
    absWorkingDir: root,
    outfile: join(folder, entry.name, 'index.mjs'),
  });
  const [output] = result.outputFiles;
  if (!output) throw new Error(`esbuild made nothing of ${entry.name}. Report this.`);
  replace(join(folder, entry.name), output.contents);
  return { ...entry, bytes: output.contents.byteLength, inputs: Object.keys(result.metafile.inputs) };
}

function replace(folder: string, contents: Uint8Array): void {
  const file = join(folder, 'index.mjs');
  if (isSame(file, contents)) return;
  mkdirSync(folder, { recursive: true });
  // Renamed into place, since a deployment may be reading it; beside the folder, since the folder is deployed whole.
  const unfinished = `${folder}.${process.pid}.tmp`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, file);
}

function isSame(file: string, contents: Uint8Array): boolean {
  try {
    return readFileSync(file).equals(contents);
  } catch {
    return false;
  }
}

import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const checkout = join(import.meta.dirname, '..', '..');

/** What is made in a checkout, or belongs to one alone. */
const notCopied = ['.git', '.millrace', 'cdk.out', 'dist', 'node_modules'];

export interface Tutorial {
  /** Path -> content, of the blocks that begin with a path. */
  readonly files: ReadonlyMap<string, string>;
  /** The commands of each step, in order. */
  readonly commands: readonly string[];
  /** The JSON that it shows. */
  readonly shown: readonly string[];
  readonly text: string;
}

/** Reads a page as somebody would who does all that it says: the code blocks, told apart by their language. */
export async function readTutorial(page: string): Promise<Tutorial> {
  const text = await readFile(join(checkout, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    body,
  }));
  const of = (language: string) => blocks.flatMap((block) => (block.language === language ? [block.body] : []));
  const files = of('ts').map((body) => {
    const path = /^\/\/ (\S+)\n/.exec(body)?.[1];
    if (path === undefined) throw new Error(`A block of ${page} says not which file it is:\n${body}`);
    return [path, body] as const;
  });
  return { files: new Map(files), commands: of('bash'), shown: of('json'), text };
}

/** A copy of this repository in a folder of its own, with these files in place; packages and the emulator are shared. */
export async function copyWith(files: ReadonlyMap<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-tutorial-'));
  await cp(checkout, folder, { recursive: true, filter: (path) => !notCopied.includes(basename(path)) });
  await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, '.millrace'));
  await symlink(join(checkout, '.millrace', 'venv'), join(folder, '.millrace', 'venv'));
  for (const [path, content] of files) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

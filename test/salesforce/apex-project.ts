import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SaxesParser } from 'saxes';

export const project = fileURLToPath(new URL('../../salesforce/', import.meta.url));
const source = join(project, 'force-app/main/default');

/** Every file of the project's source, by its path in it. */
export const sourceFiles = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
  .toSorted();

export const readSource = (path: string) => readFileSync(join(source, path), 'utf8');

/** An element with its text and its children, by name. */
export interface Node {
  readonly name: string;
  readonly namespace: string;
  readonly children: Node[];
  text: string;
}

/**
 * Reads a metadata file.
 * @throws where it is not well-formed.
 */
export function readMetadata(path: string): Node {
  const root: Node = { name: '', namespace: '', children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true, fileName: path });
  parser.on('opentag', ({ name, uri }) => {
    const node: Node = { name, namespace: uri, children: [], text: '' };
    open.at(-1)!.children.push(node);
    open.push(node);
  });
  parser.on('text', (text) => {
    open.at(-1)!.text += text;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(readSource(path)).close();
  return root.children[0]!;
}

/** The texts of a node's children of this name. */
export function valuesOf({ children }: Node, name: string): string[] {
  return children.filter((child) => child.name === name).map(({ text }) => text);
}

/** One of these, as names with their texts. */
export function entriesOf({ children }: Node, name: string): Record<string, string>[] {
  const wanted = children.filter((child) => child.name === name);
  return wanted.map((each) => Object.fromEntries(each.children.map((child) => [child.name, child.text])));
}

/** The names of Apex classes, or of triggers. */
export function namesOf(ending: '.cls' | '.trigger'): string[] {
  return sourceFiles.filter((path) => path.endsWith(ending)).map((path) => basename(path, ending));
}

/** The text or number of a constant of an Apex class, its escapes resolved. */
export function constantOf(className: string, name: string): string {
  const text = readSource(`classes/${className}.cls`);
  const found = new RegExp(`static final (?:String|Integer|Long) ${name} = (?:'((?:[^'\\\\]|\\\\.)*)'|(\\d+)L?);`).exec(
    text,
  );
  if (found === null) throw new Error(`${className} has no constant ${name}.`);
  const [, literal, digits = ''] = found;
  return literal === undefined ? digits : JSON.parse(`"${literal.replaceAll('"', '\\"')}"`);
}

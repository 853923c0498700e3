import { SaxesParser } from 'saxes';

/** One element, at its end. */
export interface XmlElement {
  /** The names from the root to it, each with the short form of its namespace, if it has one: `s:Envelope/s:Body`. */
  readonly path: string;
  /** The text directly in it. */
  readonly text: string;
  /** The value of an attribute by its whole name, as in `xsi:type`. */
  attribute(name: string): string | undefined;
}

export interface XmlOptions {
  /** Short forms of namespaces, by the namespace: what has another one has no short form. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Most elements inside one another. */
  readonly maxDepth: number;
}

/**
 * Reads XML that a program made for a program: well-formed UTF-8, and nothing but elements, attributes and text. A DTD, and
 * with it every entity of its own, is refused before a parser sees it, as are comments, CDATA and instructions.
 * Calls `onElement` at the end of each element; answers why the text was refused, without quoting it, or undefined.
 */
export function readXml(
  body: Uint8Array,
  options: XmlOptions,
  onElement: (element: XmlElement) => void,
): string | undefined {
  const text = decode(body);
  if (text === undefined) return 'not UTF-8';
  // A `<!` starts a DTD, a comment or CDATA, and stands nowhere else in well-formed XML.
  if (text.includes('<!')) return 'a DTD, a comment or CDATA in it';
  if (text.includes('<?', 1)) return 'an instruction in it';
  try {
    parse(text, options, onElement);
    return undefined;
  } catch (error) {
    return error instanceof TooDeep ? 'elements too deep inside one another' : 'not well-formed XML';
  }
}

class TooDeep extends Error {}

interface OpenElement {
  readonly path: string;
  readonly attributes: Readonly<Record<string, { readonly value: string }>>;
  text: string;
}

function parse(text: string, { namespaces, maxDepth }: XmlOptions, onElement: (element: XmlElement) => void): void {
  const open: OpenElement[] = [];
  // Without a handler of its own for errors, the parser throws the first one.
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (open.length === maxDepth) throw new TooDeep();
    const prefix = Object.hasOwn(namespaces, uri) ? namespaces[uri] : undefined;
    const name = prefix === undefined ? local : `${prefix}:${local}`;
    const parent = open.at(-1);
    open.push({ path: parent === undefined ? name : `${parent.path}/${name}`, attributes, text: '' });
  });
  parser.on('text', (piece) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const { path, attributes } = element;
    onElement({ path, text: element.text, attribute: (name) => attributes[name]?.value });
  });
  parser.write(text).close();
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

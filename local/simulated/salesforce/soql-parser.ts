import { malformedQuery, soqlTokens, type Token } from './soql-tokens.ts';

/** A name in a query, and where it stands, for error messages. */
export interface Name {
  text: string;
  column: number;
}

/** `field = value` or `field != value`. */
export interface Condition {
  field: Name;
  isNegated: boolean;
  value: string | boolean | null;
}

/** A parsed query; names are not yet checked against an object type. */
export interface SoqlQuery {
  /** Undefined for `COUNT()`. */
  fields: Name[] | undefined;
  object: Name;
  conditions: Condition[];
  order: { field: Name; isDescending: boolean } | undefined;
  limit: number | undefined;
}

/**
 * Parses the part of SOQL that an integration by id needs:
 * `SELECT a, b | COUNT() FROM Object [WHERE f = v [AND ...]] [ORDER BY f [ASC|DESC]] [LIMIT n]`.
 */
export function parseSoql(query: string): SoqlQuery {
  const reader = new TokenReader(soqlTokens(query));
  reader.expect('SELECT');
  const fields = selection(reader);
  reader.expect('FROM');
  const object = reader.name();
  const conditions = reader.skip('WHERE') ? separated(reader, 'AND', condition) : [];
  const order = reader.skip('ORDER') ? ordering(reader) : undefined;
  const limit = reader.skip('LIMIT') ? Number(reader.take('number').text) : undefined;
  reader.take('end');
  return { fields, object, conditions, order, limit };
}

class TokenReader {
  #at = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Moves past a keyword or symbol when it comes next. */
  skip(text: string): boolean {
    const next = this.#peek();
    const isNext = next.kind !== 'quoted' && next.text.toUpperCase() === text;
    if (isNext) this.#at += 1;
    return isNext;
  }

  expect(text: string): void {
    if (!this.skip(text)) throw unexpected(this.#peek());
  }

  take(...kinds: Token['kind'][]): Token {
    const next = this.#peek();
    if (!kinds.includes(next.kind)) throw unexpected(next);
    this.#at += 1;
    return next;
  }

  name(): Name {
    return this.take('word');
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '<EOF>', column: 0 };
  }
}

const unexpected = ({ text, column }: Token) => malformedQuery(`unexpected token: '${text}'`, column);

function separated<T>(reader: TokenReader, separator: string, read: (reader: TokenReader) => T): T[] {
  const items = [read(reader)];
  while (reader.skip(separator)) items.push(read(reader));
  return items;
}

function selection(reader: TokenReader): Name[] | undefined {
  const first = reader.name();
  if (first.text.toUpperCase() === 'COUNT' && reader.skip('(')) {
    reader.expect(')');
    return undefined;
  }
  return reader.skip(',') ? [first, ...separated(reader, ',', (next) => next.name())] : [first];
}

function condition(reader: TokenReader): Condition {
  const field = reader.name();
  const isNegated = reader.skip('!=') || reader.skip('<>');
  if (!isNegated) reader.expect('=');
  const literal = reader.take('quoted', 'word');
  return { field, isNegated, value: literal.kind === 'quoted' ? literal.text : keyword(literal) };
}

function keyword(literal: Token): boolean | null {
  const word = literal.text.toLowerCase();
  if (word === 'null') return null;
  if (word === 'true' || word === 'false') return word === 'true';
  throw unexpected(literal);
}

function ordering(reader: TokenReader): NonNullable<SoqlQuery['order']> {
  reader.expect('BY');
  const field = reader.name();
  const isDescending = reader.skip('DESC');
  if (!isDescending) reader.skip('ASC');
  return { field, isDescending };
}

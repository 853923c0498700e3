import { SalesforceApiError } from './errors.ts';

/** A word of a query. `text` of a quoted one is without quotes and escapes; `column` counts from 1. */
export interface Token {
  kind: 'word' | 'quoted' | 'number' | 'symbol' | 'end';
  text: string;
  column: number;
}

const TOKEN = /\s*(?:(?<word>[A-Za-z_][\w.]*)|'(?<quoted>(?:[^'\\]|\\.)*)'|(?<number>\d+)|(?<symbol>!=|<>|[=(),]))/y;
const ESCAPES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** A query that can't be understood; the message shows where. */
export const malformedQuery = (problem: string, column: number) =>
  new SalesforceApiError(400, 'MALFORMED_QUERY', `\nERROR at Row:1:Column:${column}\n${problem}`);

/** Splits a query; ends with a token of kind `end`. */
export function soqlTokens(query: string): Token[] {
  const tokens: Token[] = [];
  const end = query.trimEnd().length;
  let at = 0;
  while (at < end) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(query);
    if (!match?.groups) throw malformedQuery(`unexpected token: '${query.slice(at, end).trim()}'`, at + 1);
    tokens.push({ ...tokenOf(match.groups), column: at + leadingSpace(query.slice(at)) + 1 });
    at = TOKEN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '<EOF>', column: end + 1 }];
}

function tokenOf(groups: Record<string, string | undefined>): Omit<Token, 'column'> {
  const { word, quoted, number, symbol } = groups;
  if (word !== undefined) return { kind: 'word', text: word };
  if (quoted !== undefined) return { kind: 'quoted', text: unescaped(quoted) };
  if (number !== undefined) return { kind: 'number', text: number };
  return { kind: 'symbol', text: symbol ?? '' };
}

const unescaped = (text: string) => text.replace(/\\(.)/gs, (_, char: string) => ESCAPES.get(char) ?? char);

const leadingSpace = (text: string) => text.length - text.trimStart().length;

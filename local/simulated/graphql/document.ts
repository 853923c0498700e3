/** A field of a selection set: `order(id: $id) { id }`. */
export interface Field {
  name: string;
  /** Each argument is a variable: that is all that this server takes. */
  arguments: Record<string, string>;
  selection: Field[];
}

/** One operation with the variables that it declares; a name that ends in `!` must be given. */
export interface Operation {
  kind: 'query' | 'mutation';
  variables: string[];
  selection: Field[];
}

/** The document is no GraphQL, or uses what this server leaves out: fragments, aliases, directives, literal arguments. */
export class GraphqlSyntaxError extends Error {
  override readonly name = 'GraphqlSyntaxError';
}

/** Parses a document of one operation (https://spec.graphql.org/October2021/#sec-Language). */
export function parseDocument(text: string): Operation {
  const tokens = tokensOf(text);
  const kind = tokens.peek() === '{' ? 'query' : tokens.name();
  if (kind !== 'query' && kind !== 'mutation') throw new GraphqlSyntaxError(`Expected query or mutation, got ${kind}.`);
  if (tokens.peek() !== '{' && tokens.peek() !== '(') tokens.name();
  const variables = tokens.peek() === '(' ? variablesOf(tokens) : [];
  const selection = selectionOf(tokens);
  if (tokens.peek() !== undefined) throw new GraphqlSyntaxError('Expected one operation.');
  return { kind, variables, selection };
}

type Tokens = ReturnType<typeof tokensOf>;

function tokensOf(text: string) {
  const pattern = /[\s,\uFEFF]+|#[^\n]*|([_A-Za-z]\w*|[!$():=[\]{}])|(.)/gy;
  const tokens: string[] = [];
  for (const [, token, unknown] of text.matchAll(pattern)) {
    if (unknown !== undefined) throw new GraphqlSyntaxError(`Unexpected character ${JSON.stringify(unknown)}.`);
    if (token !== undefined) tokens.push(token);
  }
  const next = () => tokens.shift();
  return {
    peek: () => tokens[0],
    next,
    expect(token: string) {
      const found = next();
      if (found !== token) throw new GraphqlSyntaxError(`Expected ${token}, got ${found ?? 'the end'}.`);
    },
    name(): string {
      const found = next();
      if (found === undefined || !/^\w/.test(found)) {
        throw new GraphqlSyntaxError(`Expected a name, got ${found ?? 'the end'}.`);
      }
      return found;
    },
  };
}

/** `($id: ID!, $input: OrderInput!)` */
function variablesOf(tokens: Tokens): string[] {
  const variables: string[] = [];
  tokens.expect('(');
  while (tokens.peek() === '$') {
    tokens.next();
    const name = tokens.name();
    tokens.expect(':');
    while (tokens.peek() === '[') tokens.next();
    tokens.name();
    let last: string | undefined;
    while (tokens.peek() === '!' || tokens.peek() === ']') last = tokens.next();
    variables.push(last === '!' ? `${name}!` : name);
  }
  tokens.expect(')');
  return variables;
}

function selectionOf(tokens: Tokens): Field[] {
  const fields: Field[] = [];
  tokens.expect('{');
  do {
    const name = tokens.name();
    const given = tokens.peek() === '(' ? argumentsOf(tokens) : {};
    const selection = tokens.peek() === '{' ? selectionOf(tokens) : [];
    fields.push({ name, arguments: given, selection });
  } while (tokens.peek() !== '}');
  tokens.expect('}');
  return fields;
}

function argumentsOf(tokens: Tokens): Record<string, string> {
  const given: Record<string, string> = {};
  tokens.expect('(');
  do {
    const name = tokens.name();
    tokens.expect(':');
    tokens.expect('$');
    given[name] = tokens.name();
  } while (tokens.peek() !== ')');
  tokens.expect(')');
  return given;
}

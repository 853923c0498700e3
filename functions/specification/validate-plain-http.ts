import type { GraphqlOperation, HttpAuth, PlainHttpOptions, RestRoute } from '../contract/plain-http.ts';
import type { Report } from './problem.ts';
import type { GraphqlSystem, RestSystem } from './system.ts';

/** A name of a header (RFC 9110, section 5.1). */
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/** Headers that calls need for themselves. */
const ownHeaders = ['authorization', 'content-length', 'host', 'idempotency-key', 'transfer-encoding'];

/** Holds a REST system to what its types can't say. */
export function checkRest(path: string, { rest }: RestSystem, report: Report): void {
  checkPlain(path, rest, report);
  if (!isPath(rest.probe, ['GET'], 0, 0)) {
    report(`${path}.probe`, `is '${rest.probe}'`, "Name a harmless read without a record: 'GET /health'.");
  }
  for (const [object, route] of named(rest.routes, `${path}.routes`, report)) {
    checkRoute(`${path}.routes.${object}`, route, report);
  }
}

function checkRoute(path: string, { read, write }: RestRoute, report: Report): void {
  if (read === undefined && write === undefined) report(path, 'is empty', 'Give it read, write or both.');
  if (read !== undefined && !isPath(read, ['GET'], 1, 1)) {
    report(`${path}.read`, `is '${read}'`, "Use the form 'GET /orders/{id}', with {id} once.");
  }
  if (write !== undefined && !isPath(write, ['PUT', 'PATCH'], 1, 1) && !isPath(write, ['POST'], 0, 1)) {
    const forms = "'PUT /orders/{id}', 'PATCH /orders/{id}' or 'POST /orders'";
    report(`${path}.write`, `is '${write}'`, `Use one of the forms ${forms}, with {id} once.`);
  }
}

/** A method, and a path that no URL parser changes; `{id}` so often. */
function isPath(route: string, methods: readonly string[], least: number, most: number): boolean {
  const [method = '', path = '', ...rest] = route.split(' ');
  const ids = path.split('{id}').length - 1;
  const plain = path.replaceAll('{id}', 'id');
  const base = 'https://host.invalid';
  const isUnchanged = path.startsWith('/') && URL.canParse(base + plain) && new URL(base + plain).href === base + plain;
  return (
    rest.length === 0 && methods.includes(method) && isUnchanged && !path.includes('#') && ids >= least && ids <= most
  );
}

/** Holds a GraphQL system to what its types can't say. */
export function checkGraphql(path: string, { graphql }: GraphqlSystem, report: Report): void {
  checkPlain(path, graphql, report);
  if (graphql.probe !== undefined && !/^\s*(query\b|\{)/.test(graphql.probe)) {
    report(`${path}.probe`, 'is no query', "Name a harmless one, or leave it out: 'query { __typename }'.");
  }
  for (const [object, operation] of named(graphql.operations, `${path}.operations`, report)) {
    checkDocuments(`${path}.operations.${object}`, operation, report);
  }
}

function checkDocuments(path: string, { read, write }: GraphqlOperation, report: Report): void {
  if (read === undefined && write === undefined) report(path, 'is empty', 'Give it read, write or both.');
  if (read !== undefined && !(/^\s*query\b/.test(read) && hasVariable(read, 'id'))) {
    report(`${path}.read`, 'is no query by $id', "Use the form 'query ($id: ID!) { order(id: $id) { id } }'.");
  }
  if (
    write !== undefined &&
    !(/^\s*mutation\b/.test(write) && (hasVariable(write, 'id') || hasVariable(write, 'key')))
  ) {
    const form = "'mutation ($id: ID!, $input: OrderInput!) { saveOrder(id: $id, input: $input) { id } }'";
    report(`${path}.write`, 'is no mutation by $id or $key', `Use the form ${form}.`);
  }
}

/** Whether a document is sent that variable. */
export function hasVariable(document: string, name: 'id' | 'key'): boolean {
  return new RegExp(`\\$${name}\\b`).test(document);
}

function named<Value>(entries: Readonly<Record<string, Value>>, path: string, report: Report): [string, Value][] {
  const all = Object.entries(entries);
  if (all.length === 0) report(path, 'is empty', 'Name an object of a mapping, and how it is read or written.');
  return all;
}

function checkPlain(path: string, { auth, headers = {} }: PlainHttpOptions, report: Report): void {
  const header = headerOf(auth);
  if (header !== undefined && (!token.test(header) || ownHeaders.includes(header.toLowerCase()))) {
    report(
      `${path}.auth.header`,
      `is '${header}'`,
      "Name a header of the API, 'X-Api-Key' say, or use 'bearer' or 'basic'.",
    );
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || ownHeaders.includes(name.toLowerCase())) {
      report(`${path}.headers`, `names '${name}'`, 'Remove it: it is no header, or one that each call sets itself.');
    } else if (!/^[\x20-\x7e]+$/.test(value)) {
      report(`${path}.headers.${name}`, 'has no text that a header can carry', 'Use printable ASCII characters.');
    }
  }
}

function headerOf(auth: HttpAuth): string | undefined {
  return typeof auth === 'object' ? auth.header : undefined;
}

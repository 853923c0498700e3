import type { SignatureScheme } from '../functions/contract/signature-scheme.ts';
import { UnknownNameError } from './errors.ts';
import { nearestTo, orOf } from './nearest.ts';

/** Something that can be paused. */
export interface Part {
  readonly integration: string;
  readonly kind: 'flow' | 'system';
  readonly name: string;
}

/** What sends webhooks. */
export interface Source {
  readonly integration: string;
  readonly name: string;
  readonly scheme: SignatureScheme;
}

/** An integration, as far as commands need it. */
export interface Integration {
  readonly name: string;
  readonly systems: Readonly<Record<string, DeclaredSystem>>;
  readonly flows: Readonly<Record<string, unknown>>;
}

interface DeclaredSystem {
  readonly connector?: unknown;
  readonly auth?: unknown;
  readonly webhook?: { readonly scheme: SignatureScheme; readonly secretMadeBy?: unknown };
}

/** Every flow and every system that is called, in the order they are declared. */
export function partsOf(integrations: readonly Integration[]): Part[] {
  return integrations.flatMap(({ name: integration, systems, flows }) => [
    ...Object.keys(flows).map((name): Part => ({ integration, kind: 'flow', name })),
    ...Object.entries(systems).flatMap(([name, { connector }]): Part[] =>
      connector === undefined ? [] : [{ integration, kind: 'system', name }],
    ),
  ]);
}

/**
 * Finds a part by its name, or by `<integration>/<name>` where several integrations have that name.
 * @throws {UnknownNameError} naming what may have been meant.
 */
export function findPart<Known extends Part>(text: string, parts: readonly Known[]): Known {
  const fits = parts.filter((part) => part.name === text || fullName(part) === text);
  const [part] = fits;
  if (part !== undefined && fits.length === 1) return part;
  const kinds = [...new Set(parts.map(({ kind }) => kind))];
  const names = parts.map(({ name }) => name);
  const meant = fits.length > 1 ? fits.map(fullName) : nearestTo(text, names);
  throw new UnknownNameError(`'${text}' names no single ${kinds.join(' or ')}. Did you mean ${orOf(meant)}?`);
}

export function sourcesOf(integrations: readonly Integration[]): Source[] {
  return integrations.flatMap(({ name: integration, systems }) =>
    Object.entries(systems).flatMap(([name, { webhook }]) =>
      webhook === undefined ? [] : [{ integration, name, scheme: webhook.scheme }],
    ),
  );
}

/**
 * Finds a source by `<integration>/<source>`, or by its name where only one integration has it.
 * @throws {UnknownNameError} naming what may have been meant.
 */
export function findSource(text: string, integrations: readonly Integration[]): Source {
  const sources = sourcesOf(integrations);
  const fits = sources.filter((source) => source.name === text || fullName(source) === text);
  const [source] = fits;
  if (source !== undefined && fits.length === 1) return source;
  const meant = fits.length > 1 ? fits.map(fullName) : nearestTo(text, sources.map(fullName));
  throw new UnknownNameError(`'${text}' names no single source of webhooks. Did you mean ${orOf(meant)}?`);
}

export function flowsOf(integrations: readonly Integration[]): Part[] {
  return partsOf(integrations).filter(({ kind }) => kind === 'flow');
}

/** The flow of that name, or every flow where none is named. */
export function flowsNamed(text: string | undefined, integrations: readonly Integration[]): Part[] {
  const flows = flowsOf(integrations);
  return text === undefined ? flows : [findPart(text, flows)];
}

/** `<integration>/<name>` */
export function fullName({ integration, name }: Pick<Part, 'integration' | 'name'>): string {
  return `${integration}/${name}`;
}

/** Something that can be paused. */
export interface Part {
  readonly integration: string;
  readonly kind: 'flow' | 'system';
  readonly name: string;
}

/** As far as parts need it. */
interface Integration {
  readonly name: string;
  readonly systems: Readonly<Record<string, unknown>>;
  readonly flows: Readonly<Record<string, unknown>>;
}

/** Every flow and system, in the order they are declared. */
export function partsOf(integrations: readonly Integration[]): Part[] {
  return integrations.flatMap(({ name: integration, systems, flows }) => [
    ...Object.keys(flows).map((name): Part => ({ integration, kind: 'flow', name })),
    ...Object.keys(systems).map((name): Part => ({ integration, kind: 'system', name })),
  ]);
}

/** What the name means, or else what may have been meant. */
export type Found = { readonly part: Part } | { readonly part: undefined; readonly meant: readonly string[] };

const suggestions = 3;

/** Finds a part by its name, or by `<integration>/<name>` where several integrations have that name. */
export function findPart(text: string, parts: readonly Part[]): Found {
  const fits = parts.filter((part) => part.name === text || fullName(part) === text);
  const [part] = fits;
  if (part !== undefined && fits.length === 1) return { part };
  if (fits.length > 1) return { part: undefined, meant: fits.map(fullName) };
  const distance = (name: string) =>
    Math.min(distanceBetween(text, name), name.includes(text) ? 2 : Number.POSITIVE_INFINITY);
  const names = [...new Set(parts.map(({ name }) => name))];
  return { part: undefined, meant: names.toSorted((a, b) => distance(a) - distance(b)).slice(0, suggestions) };
}

function fullName({ integration, name }: Part): string {
  return `${integration}/${name}`;
}

/** Letters to add, leave out or change, to make one of the other (Levenshtein). */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, otherLetter] of [...other].entries()) {
      const changed = (row[j] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

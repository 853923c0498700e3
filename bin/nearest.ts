const suggestions = 3;

/** Those of the names that may have been meant, the likeliest first: at most three, and each once. */
export function nearestTo(text: string, names: readonly string[]): string[] {
  const distance = (name: string) =>
    Math.min(distanceBetween(text, name), name.includes(text) ? 2 : Number.POSITIVE_INFINITY);
  const ranked = [...new Set(names)]
    .map((name) => ({ name, distance: distance(name) }))
    .toSorted((one, other) => one.distance - other.distance);
  const furthest = (ranked[0]?.distance ?? 0) + 1;
  return ranked
    .filter((each) => each.distance <= furthest)
    .slice(0, suggestions)
    .map(({ name }) => name);
}

/** `'a', 'b' or 'c'` */
export function orOf(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
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

/** The parts of a path, percent-decoded; one that can't be decoded stays as it is, and so matches nothing. */
export function pathSegments(path: string): string[] {
  return path.split('/').slice(1).map(decoded);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

import type { HttpRequest } from '../connector.ts';

/** Takes a route of the specification apart; synth has held it to its form. */
export function parseRoute(route: string): { readonly method: HttpRequest['method']; readonly path: string } {
  const [verb, path = '/'] = route.split(' ');
  const method = (['GET', 'POST', 'PUT', 'PATCH'] as const).find((known) => known === verb) ?? 'GET';
  return { method, path };
}

/**
 * The path of one record. Undefined for an id that no path can carry: half of a surrogate pair, or dots that mean another
 * place (`PUT /orders/..` would be `PUT /`), percent-encoded or not.
 */
export function pathFor(route: string, id: string): ReturnType<typeof parseRoute> | undefined {
  const { method, path } = parseRoute(route);
  if (!path.includes('{id}')) return { method, path };
  if (['', '.', '..'].includes(id) || !id.isWellFormed()) return undefined;
  return { method, path: path.replace('{id}', () => encodeURIComponent(id)) };
}

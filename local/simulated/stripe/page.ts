import { missingResource, StripeApiError, unknownParameter } from './errors.ts';
import type { FormHash } from './form.ts';
import type { JsonObject } from './json.ts';
import { hashOf, integerOf, textOf } from './parameters.ts';

/** An object that can be listed. */
export interface Listed extends JsonObject {
  id: string;
  object: string;
  created: number;
}

/** What is listed, and where. */
export interface Listing<Item extends Listed> {
  url: string;
  /** What an item is called in an error. */
  object: Item['object'];
  /** In the order they were made, those that no longer show included: a cursor may name one of them. */
  items: readonly Item[];
  shows: (item: Item) => boolean;
}

const PAGE_PARAMETERS = ['created', 'ending_before', 'expand', 'limit', 'starting_after'];
const RANGE = new Map<string, (created: number, bound: number) => boolean>([
  ['gt', (created, bound) => created > bound],
  ['gte', (created, bound) => created >= bound],
  ['lt', (created, bound) => created < bound],
  ['lte', (created, bound) => created <= bound],
]);

/** Refuses parameters that neither paging nor the endpoint has. */
export function checkListParameters(query: FormHash, own: readonly string[]): void {
  for (const name of query.keys()) {
    if (!PAGE_PARAMETERS.includes(name) && !own.includes(name)) throw unknownParameter(name);
  }
}

/** One page, newest first: https://docs.stripe.com/api/pagination. `limit` is 1..100, 10 when not given. */
export function pageOf<Item extends Listed>(query: FormHash, listing: Listing<Item>): JsonObject {
  const limit = limitOf(query);
  const after = cursorOf(query, 'starting_after', listing);
  const before = cursorOf(query, 'ending_before', listing);
  if (after !== undefined && before !== undefined) {
    throw new StripeApiError(400, 'You cannot parameterize both starting_after and ending_before.');
  }
  const isInRange = createdFilter(query);
  const shown = listing.items
    .slice(before === undefined ? 0 : before + 1, after)
    .filter((item) => listing.shows(item) && isInRange(item.created));
  // Going back, the page is the one next to the cursor: the oldest of what is newer.
  const page = before === undefined ? shown.slice(-limit) : shown.slice(0, limit);
  return { object: 'list', data: page.reverse(), has_more: shown.length > limit, url: listing.url };
}

function limitOf(query: FormHash): number {
  const limit = integerOf(query.get('limit') ?? '10', 'limit');
  if (limit < 1 || limit > 100) throw new StripeApiError(400, 'Invalid limit: must be 1 to 100', { param: 'limit' });
  return limit;
}

function cursorOf<Item extends Listed>(
  query: FormHash,
  param: string,
  { items, object }: Listing<Item>,
): number | undefined {
  const id = textOf(query.get(param) ?? '', param, 5000);
  if (id === null) return undefined;
  const index = items.findIndex((item) => item.id === id);
  if (index === -1) throw missingResource(object, id, param);
  return index;
}

/** `created=<s>` or any of `created[gt|gte|lt|lte]=<s>`. */
function createdFilter(query: FormHash): (created: number) => boolean {
  const sent = query.get('created') ?? '';
  if (typeof sent === 'string' && sent !== '') {
    const exact = integerOf(sent, 'created');
    return (created) => created === exact;
  }
  const bounds = [...(hashOf(sent, 'created', [...RANGE.keys()]) ?? [])].map(([name, value]) => {
    const bound = integerOf(value, `created[${name}]`);
    return (created: number) => RANGE.get(name)?.(created, bound) ?? true;
  });
  return (created) => bounds.every((isWithin) => isWithin(created));
}

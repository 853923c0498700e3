import * as v from 'valibot';
import { type Failure, type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, ConnectorServices, Intent, Write, Written } from '../connector.ts';
import type { createStripeClient } from './client.ts';
import { fieldValue, formParameters } from './fields.ts';

const record = v.looseObject({ id: v.string(), deleted: v.optional(v.boolean(), false) });
const records = v.object({ data: v.array(record), has_more: v.boolean() });
const events = v.object({
  data: v.array(v.looseObject({ id: v.string(), data: v.object({ object: record }) })),
  has_more: v.boolean(),
});

/** Longest difference allowed between our clock and Stripe's when we look for what an earlier run created. */
const clockSlackMs = 5 * 60 * 1000;

/**
 * Creates a record in Stripe once, whatever becomes of the answer. Stripe has no external ids, and it saves and replays a
 * failed create for a day, so an old idempotency key is never sent again. Instead an intent is stored before the call;
 * a later run waits until that call can't land any more, looks for what it made, and only then creates.
 */
export function createOnce({ call }: ReturnType<typeof createStripeClient>, services: ConnectorServices) {
  const { intents, landsWithinMs, now } = services;

  return async (write: Write, context: CallContext): Promise<Outcome<Written>> => {
    const key = `${write.object.system}/${write.object.object}/${write.link.value}`;
    const seen = await intents.read(key);
    if (seen?.gone) return success({ gone: true });
    if (seen?.id !== undefined) return success({ id: seen.id, created: false });
    if (seen !== undefined) {
      const landed = seen.startedMs + landsWithinMs - now();
      if (landed > 0) return pending(landed);
      const found = await find(write, seen, context);
      if (found.kind !== 'success') return found;
      if (found.value !== undefined) return keep(key, seen, found.value);
    }
    const claimed = await intents.replace(key, seen, { startedMs: now(), id: undefined, gone: false });
    // Somebody else began to create it: what they make will be found.
    return claimed === undefined ? pending(landsWithinMs) : create(key, claimed, write, context);
  };

  async function create(key: string, claimed: Intent, write: Write, context: CallContext): Promise<Outcome<Written>> {
    const path = `/v1/${write.object.object}s`;
    const parameters = formParameters({ ...write.fields, [write.link.field]: write.link.value });
    const created = await call({ operation: 'stripe.create', method: 'POST', path, parameters }, record, context);
    if (created.kind === 'success') {
      await intents.replace(key, claimed, { ...claimed, id: created.value.id });
      return success({ id: created.value.id, created: true });
    }
    // Whatever was refused was not made; after a timeout or a 5xx nobody knows.
    if (created.kind !== 'transient') await intents.remove(key, claimed);
    return created;
  }

  async function keep(key: string, seen: Intent, found: Written): Promise<Outcome<Written>> {
    await intents.replace(key, seen, 'gone' in found ? { ...seen, gone: true } : { ...seen, id: found.id });
    return success(found);
  }

  /** Looks for what a create made: among the records, then among the events of those that were deleted since. */
  async function find(
    write: Write,
    { startedMs }: Intent,
    context: CallContext,
  ): Promise<Outcome<Written | undefined>> {
    const since = `created[gte]=${Math.floor((startedMs - clockSlackMs) / 1000)}`;
    const isOurs = (item: { readonly [key: string]: unknown }) =>
      fieldValue(item, write.link.field) === write.link.value;
    const listed = await search(`/v1/${write.object.object}s?${since}`, records, (item) => isOurs(item), context);
    if (listed.kind !== 'success') return listed;
    if (listed.value !== undefined) return success({ id: listed.value.id, created: false });
    const type = `type=${write.object.object}.created`;
    const told = await search(`/v1/events?${type}&${since}`, events, ({ data }) => isOurs(data.object), context);
    if (told.kind !== 'success') return told;
    return told.value === undefined ? success(undefined) : whatBecameOf(write, told.value.data.object.id, context);
  }

  /** Made, and not in the list: deleted, unless somebody took our link off it. */
  async function whatBecameOf(write: Write, id: string, context: CallContext): Promise<Outcome<Written>> {
    const path = `/v1/${write.object.object}s/${encodeURIComponent(id)}`;
    const found = await call({ operation: 'stripe.find', method: 'GET', path }, record, context);
    if (found.kind !== 'success') return found;
    return success(found.value.deleted ? { gone: true } : { id, created: false });
  }

  /** Pages through a list, newest first; it is up to date at once, the Search API is not. */
  async function search<Item extends { id: string }>(
    path: string,
    schema: v.GenericSchema<unknown, { data: Item[]; has_more: boolean }>,
    matches: (item: Item) => boolean,
    context: CallContext,
  ): Promise<Outcome<Item | undefined>> {
    let after = '';
    for (;;) {
      const request = { operation: 'stripe.find', method: 'GET', path: `${path}&limit=100${after}` } as const;
      const page = await call(request, schema, context);
      if (page.kind !== 'success') return page;
      const found = page.value.data.find(matches);
      const last = page.value.data.at(-1);
      if (found !== undefined || !page.value.has_more || last === undefined) return success(found);
      after = `&starting_after=${encodeURIComponent(last.id)}`;
    }
  }
}

function pending(retryAfterMs: number): Failure {
  return { kind: 'busy', code: 'create-pending', operation: 'stripe.create', retryAfterMs };
}

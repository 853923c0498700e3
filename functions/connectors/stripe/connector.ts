import * as v from 'valibot';
import type { ObjectType } from '../../contract/object-type.ts';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, Connect, RemoteRecord, Write } from '../connector.ts';
import { createStripeClient } from './client.ts';
import { fieldValue, formParameters } from './fields.ts';

const record = v.looseObject({ id: v.string(), deleted: v.optional(v.boolean(), false) });
const page = v.object({ data: v.array(record), has_more: v.boolean() });

/** Longest difference allowed between our clock and Stripe's when we look for what an earlier run created. */
const clockSlackMs = 5 * 60 * 1000;

/** Talks to Stripe (API v1) as mappings need it. */
export const connect: Connect = (services) => {
  const call = createStripeClient(services);

  async function read(
    object: ObjectType,
    id: string,
    context: CallContext,
  ): Promise<Outcome<RemoteRecord | undefined>> {
    const path = `/v1/${object.object}s/${encodeURIComponent(id)}`;
    const found = await call({ operation: 'stripe.read', method: 'GET', path }, record, context);
    if (found.kind !== 'success') return found;
    if (found.value.deleted) return success(undefined);
    const fields = Object.keys(object.fields).map((name) => [name, fieldValue(found.value, name)]);
    return success({ id: found.value.id, fields: Object.fromEntries(fields) });
  }

  async function write(write: Write, context: CallContext): Promise<Outcome<{ id: string; created: boolean }>> {
    const known = write.id ?? (write.repeated ? await findCreated(write, context) : undefined);
    if (typeof known === 'object' && known.kind !== 'success') return known;
    const id = typeof known === 'object' ? known.value : known;
    const path = `/v1/${write.object.object}s${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
    const parameters = formParameters({ ...write.fields, [write.link.field]: write.link.value });
    const operation = id === undefined ? 'stripe.create' : 'stripe.update';
    const written = await call({ operation, method: 'POST', path, parameters }, record, context);
    return written.kind === 'success' ? success({ id: written.value.id, created: id === undefined }) : written;
  }

  /**
   * Looks for the record that an earlier run of the same event created: by our id in its metadata, newest first. The
   * list is up to date at once, the Search API is not (https://docs.stripe.com/search#data-freshness).
   */
  async function findCreated(write: Write, context: CallContext): Promise<Outcome<string | undefined>> {
    const since = Math.floor((write.notBeforeMs - clockSlackMs) / 1000);
    let after = '';
    for (;;) {
      const path = `/v1/${write.object.object}s?limit=100&created[gte]=${since}${after}`;
      const listed = await call({ operation: 'stripe.find', method: 'GET', path }, page, context);
      if (listed.kind !== 'success') return listed;
      const found = listed.value.data.find((item) => fieldValue(item, write.link.field) === write.link.value);
      const last = listed.value.data.at(-1);
      if (found !== undefined || !listed.value.has_more || last === undefined) return success(found?.id);
      after = `&starting_after=${encodeURIComponent(last.id)}`;
    }
  }

  async function link(object: ObjectType, id: string, field: string, otherId: string, context: CallContext) {
    const path = `/v1/${object.object}s/${encodeURIComponent(id)}`;
    const parameters = formParameters({ [field]: otherId });
    const linked = await call({ operation: 'stripe.link', method: 'POST', path, parameters }, record, context);
    return linked.kind === 'success' ? success(undefined) : linked;
  }

  return { read, write, link };
};

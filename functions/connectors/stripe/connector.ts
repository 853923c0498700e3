import * as v from 'valibot';
import type { ObjectType } from '../../contract/object-type.ts';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, Connect, RemoteRecord, Write, Written } from '../connector.ts';
import { createStripeClient } from './client.ts';
import { createOnce } from './create-once.ts';
import { fieldValue, formParameters } from './fields.ts';

const record = v.looseObject({ id: v.string(), deleted: v.optional(v.boolean(), false) });

/** Talks to Stripe (API v1) as mappings need it. */
export const connect: Connect = (services) => {
  const client = createStripeClient(services);
  const { call } = client;
  const create = createOnce(client, services);

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

  async function write(write: Write, context: CallContext): Promise<Outcome<Written>> {
    if (write.id !== undefined) return update(write, write.id, context);
    const created = await create(write, context);
    if (created.kind !== 'success' || 'gone' in created.value || created.value.created) return created;
    // An earlier run made it, perhaps of an older state.
    return update(write, created.value.id, context);
  }

  async function update(write: Write, id: string, context: CallContext): Promise<Outcome<Written>> {
    const path = `/v1/${write.object.object}s/${encodeURIComponent(id)}`;
    const parameters = formParameters({ ...write.fields, [write.link.field]: write.link.value });
    const updated = await call({ operation: 'stripe.update', method: 'POST', path, parameters }, record, context);
    if (updated.kind === 'success') return success({ id: updated.value.id, created: false });
    if (updated.kind !== 'permanent' || updated.status !== 404) return updated;
    // Deleted, or never there (a key of another account, say): only the first is nobody's mistake.
    const current = await read(write.object, id, context);
    return current.kind === 'success' && current.value === undefined ? success({ gone: true }) : updated;
  }

  async function link(object: ObjectType, id: string, field: string, otherId: string, context: CallContext) {
    const path = `/v1/${object.object}s/${encodeURIComponent(id)}`;
    const parameters = formParameters({ [field]: otherId });
    const linked = await call({ operation: 'stripe.link', method: 'POST', path, parameters }, record, context);
    return linked.kind === 'success' ? success(undefined) : linked;
  }

  function probe(context: CallContext) {
    return client.unguarded({ operation: 'stripe.probe', method: 'GET', path: '/v1/balance' }, v.unknown(), context);
  }

  return { read, write, link, probe };
};

import * as v from 'valibot';
import type { ObjectType } from '../../contract/object-type.ts';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, Connect, RemoteRecord, Write, Written } from '../connector.ts';
import { createSalesforceClient } from './client.ts';

const fieldSchema = v.fallback(v.nullable(v.union([v.string(), v.number(), v.boolean()])), null);
const recordSchema = v.objectWithRest({ Id: v.string() }, v.unknown());
const upsertSchema = v.nullable(v.object({ id: v.string(), created: v.optional(v.boolean(), false) }));

/** Talks to Salesforce (REST API) as mappings need it. */
export const connect: Connect = (services) => {
  const { call, unguarded } = createSalesforceClient(services);

  async function read(
    object: ObjectType,
    id: string,
    context: CallContext,
  ): Promise<Outcome<RemoteRecord | undefined>> {
    const names = Object.keys(object.fields);
    const path = `${recordPath(object, id)}?fields=${['Id', ...names].join(',')}`;
    const found = await call({ operation: 'salesforce.read', method: 'GET', path }, recordSchema, context);
    // A record in the recycle bin; one that was never there, or is not shown to us, is a mistake that must be seen.
    if (found.kind === 'permanent' && found.code === 'ENTITY_IS_DELETED') return success(undefined);
    if (found.kind !== 'success') return found;
    const record: Readonly<Record<string, unknown>> = found.value;
    const fields = names.map((name) => [name, v.parse(fieldSchema, record[name] ?? null)]);
    return success({ id: found.value.Id, fields: Object.fromEntries(fields) });
  }

  function write(write: Write, context: CallContext): Promise<Outcome<Written>> {
    return write.id === undefined ? upsert(write, '', context) : update(write, write.id, context);
  }

  /** By the unique external id, so that a repeat finds the record that the first run made. */
  async function upsert(write: Write, query: '' | '?updateOnly=true', context: CallContext): Promise<Outcome<Written>> {
    const path = `/sobjects/${write.object.object}/${write.link.field}/${encodeURIComponent(write.link.value)}`;
    const request = {
      operation: 'salesforce.upsert',
      method: 'PATCH',
      path: path + query,
      body: write.fields,
    } as const;
    const written = await call(request, upsertSchema, context);
    if (written.kind !== 'success') return written;
    if (written.value !== null) return success(written.value);
    // API versions before 46.0 answer an update with 204 and no id.
    const read = { operation: 'salesforce.read', method: 'GET', path: `${path}?fields=Id` } as const;
    const found = await call(read, recordSchema, context);
    return found.kind === 'success' ? success({ id: found.value.Id, created: false }) : found;
  }

  /**
   * The source record names the one that it is linked with. Usually that one has the external id; where it has none yet, it
   * gets it. One that is another record's already is left alone: somebody copied the link along with the record.
   */
  async function update(write: Write, id: string, context: CallContext): Promise<Outcome<Written>> {
    const linked = await upsert(write, '?updateOnly=true', context);
    if (linked.kind !== 'permanent' || linked.status !== 404) return linked;
    const path = `${recordPath(write.object, id)}?fields=Id,${write.link.field}`;
    const held = await call({ operation: 'salesforce.read', method: 'GET', path }, recordSchema, context);
    // In the recycle bin: an update does not create.
    if (held.kind === 'permanent' && held.code === 'ENTITY_IS_DELETED') return success({ gone: true });
    if (held.kind !== 'success') return held;
    const record: Readonly<Record<string, unknown>> = held.value;
    const other = record[write.link.field] ?? write.link.value;
    return other === write.link.value ? updateById(write, id, context) : upsert(write, '', context);
  }

  async function updateById(write: Write, id: string, context: CallContext): Promise<Outcome<Written>> {
    const body = { ...write.fields, [write.link.field]: write.link.value };
    const request = {
      operation: 'salesforce.update',
      method: 'PATCH',
      path: recordPath(write.object, id),
      body,
    } as const;
    const written = await call(request, v.unknown(), context);
    return written.kind === 'success' ? success({ id, created: false }) : written;
  }

  async function link(object: ObjectType, id: string, field: string, otherId: string, context: CallContext) {
    const body = { [field]: otherId };
    const request = { operation: 'salesforce.link', method: 'PATCH', path: recordPath(object, id), body } as const;
    const linked = await call(request, v.unknown(), context);
    return linked.kind === 'success' ? success(undefined) : linked;
  }

  /** Says how much of the day's quota is left, and counts little against it. */
  function probe(context: CallContext) {
    return unguarded({ operation: 'salesforce.probe', method: 'GET', path: '/limits' }, v.unknown(), context);
  }

  return { read, write, link, probe };
};

function recordPath(object: ObjectType, id: string): string {
  return `/sobjects/${object.object}/${encodeURIComponent(id)}`;
}

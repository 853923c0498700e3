import * as v from 'valibot';
import type { ObjectType } from '../../contract/object-type.ts';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, Connect, RemoteRecord, Write, Written } from '../connector.ts';
import { createSalesforceClient } from './client.ts';
import {
  type Change,
  createCollections,
  type LinkedUpsert,
  type LinkedWrite,
  type Reading,
  recordSchema,
  type SalesforceRecord,
  type Upsert,
  type Upserted,
} from './collections.ts';
import { createGathering } from './gathering.ts';
import { recordId18 } from './record-id.ts';

const fieldSchema = v.fallback(v.nullable(v.union([v.string(), v.number(), v.boolean()])), null);
const upsertSchema = v.nullable(v.object({ id: v.string(), created: v.optional(v.boolean(), false) }));

/** Talks to Salesforce (REST API) as mappings need it. */
export const connect: Connect = (services) => {
  const client = createSalesforceClient(services);
  const { call } = client;
  const collections = createCollections(client, services);
  const { sleep, sharing } = services;

  const readRecord = createGathering<Reading, Outcome<SalesforceRecord>>({
    most: sharing.reads,
    kindOf: ({ object, fields }) => [object.object, ...fields].join(),
    recordOf: ({ id }) => recordId18(id) ?? id,
    share: collections.read,
    alone: ({ object, id, fields, context }) => {
      const path = `${recordPath(object, id)}?fields=${['Id', ...fields].join(',')}`;
      return call({ operation: 'salesforce.read', method: 'GET', path }, recordSchema, context);
    },
    sleep,
  });

  const upsertRecord = createGathering<Upsert, Outcome<Upserted | null>>({
    most: sharing.writes,
    kindOf: upsertPath,
    recordOf: ({ write }) => write.link.value,
    share: collections.upsert,
    alone: (upsert) => upsertAlone(upsert, ''),
    sleep,
  });

  const updateLinked = createGathering<LinkedUpsert, Outcome<Upserted | null>>({
    most: sharing.writes,
    kindOf: upsertPath,
    recordOf: ({ id }) => recordId18(id) ?? id,
    share: collections.updateLinked,
    alone: (upsert) => upsertAlone(upsert, '?updateOnly=true'),
    sleep,
  });

  const storeLink = createGathering<Change, Outcome<unknown>>({
    most: sharing.writes,
    kindOf: ({ object }) => object.object,
    recordOf: ({ id }) => recordId18(id) ?? id,
    share: (changes) => collections.update(changes, 'salesforce.link'),
    alone: (change) => updateAlone(change, 'salesforce.link'),
    sleep,
  });

  /** API versions before 46.0 answer an update with 204 and no id: null. */
  function upsertAlone(upsert: Upsert, query: '' | '?updateOnly=true'): Promise<Outcome<Upserted | null>> {
    const { write, context } = upsert;
    const path = `${upsertPath(upsert)}/${encodeURIComponent(write.link.value)}${query}`;
    return call({ operation: 'salesforce.upsert', method: 'PATCH', path, body: write.fields }, upsertSchema, context);
  }

  function updateAlone({ object, id, fields, context }: Change, operation: string): Promise<Outcome<unknown>> {
    return call({ operation, method: 'PATCH', path: recordPath(object, id), body: fields }, v.unknown(), context);
  }

  async function read(
    object: ObjectType,
    id: string,
    context: CallContext,
  ): Promise<Outcome<RemoteRecord | undefined>> {
    const names = Object.keys(object.fields);
    const found = await readRecord({ object, id, fields: names, context });
    // A record in the recycle bin; one that was never there, or is not shown to us, is a mistake that must be seen.
    if (found.kind === 'permanent' && found.code === 'ENTITY_IS_DELETED') return success(undefined);
    if (found.kind !== 'success') return found;
    const record: Readonly<Record<string, unknown>> = found.value;
    const fields = names.map((name) => [name, v.parse(fieldSchema, record[name] ?? null)]);
    return success({ id: found.value.Id, fields: Object.fromEntries(fields) });
  }

  async function write(write: Write, context: CallContext): Promise<Outcome<Written>> {
    const { field, value } = write.link;
    // The specification is refused before it gets here.
    if (field === undefined) return { kind: 'permanent', code: 'no-link-field', operation: 'salesforce.upsert' };
    const linked = { ...write, link: { field, value } };
    return write.id === undefined ? upsert(linked, context) : update(linked, write.id, context);
  }

  /** By the unique external id, so that a repeat finds the record that the first run made. */
  async function upsert(write: LinkedWrite, context: CallContext): Promise<Outcome<Written>> {
    return withId(await upsertRecord({ write, context }), write, context);
  }

  async function withId(
    written: Outcome<Upserted | null>,
    write: LinkedWrite,
    context: CallContext,
  ): Promise<Outcome<Written>> {
    if (written.kind !== 'success') return written;
    if (written.value !== null) return success(written.value);
    const path = `${upsertPath({ write })}/${encodeURIComponent(write.link.value)}?fields=Id`;
    const found = await call({ operation: 'salesforce.read', method: 'GET', path }, recordSchema, context);
    return found.kind === 'success' ? success({ id: found.value.Id, created: false }) : found;
  }

  /**
   * The source record names the one that it is linked with. Usually that one has the external id; where it has none yet, it
   * gets it. One that is another record's already is left alone: somebody copied the link along with the record.
   */
  async function update(write: LinkedWrite, id: string, context: CallContext): Promise<Outcome<Written>> {
    const linked = await withId(await updateLinked({ write, id, context }), write, context);
    if (linked.kind !== 'permanent' || linked.status !== 404) return linked;
    const path = `${recordPath(write.object, id)}?fields=Id,${write.link.field}`;
    const held = await call({ operation: 'salesforce.read', method: 'GET', path }, recordSchema, context);
    // In the recycle bin: an update does not create.
    if (held.kind === 'permanent' && held.code === 'ENTITY_IS_DELETED') return success({ gone: true });
    if (held.kind !== 'success') return held;
    const record: Readonly<Record<string, unknown>> = held.value;
    const other = record[write.link.field] ?? write.link.value;
    if (other !== write.link.value) return upsert(write, context);
    const fields = { ...write.fields, [write.link.field]: write.link.value };
    const written = await updateAlone({ object: write.object, id, fields, context }, 'salesforce.update');
    return written.kind === 'success' ? success({ id, created: false }) : written;
  }

  async function link(object: ObjectType, id: string, field: string, otherId: string, context: CallContext) {
    const linked = await storeLink({ object, id, fields: { [field]: otherId }, context });
    return linked.kind === 'success' ? success(undefined) : linked;
  }

  /** Says how much of the day's quota is left, and counts little against it. */
  function probe(context: CallContext) {
    return client.unguarded({ operation: 'salesforce.probe', method: 'GET', path: '/limits' }, v.unknown(), context);
  }

  return { read, write, link, probe };
};

function recordPath(object: ObjectType, id: string): string {
  return `/sobjects/${object.object}/${encodeURIComponent(id)}`;
}

function upsertPath({ write }: Pick<Upsert, 'write'>): string {
  return `/sobjects/${write.object.object}/${write.link.field}`;
}

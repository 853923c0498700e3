import * as v from 'valibot';
import { trafficClasses } from '../../contract/limits.ts';
import type { FieldValue, ObjectType } from '../../contract/object-type.ts';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, ConnectorServices, Write } from '../connector.ts';
import type { SalesforceCall, SalesforceClient } from './client.ts';
import { recordFailure, refusedRecord } from './failures.ts';
import { recordId18 } from './record-id.ts';

/** One event's part of a call. */
interface OfEvent {
  readonly context: CallContext;
}

/** A record that one event wants read. Those of one call are of one type, and of the same fields. */
export interface Reading extends OfEvent {
  readonly object: ObjectType;
  readonly id: string;
  readonly fields: readonly string[];
}

/** A record that one event wants changed, by its id. */
export interface Change extends OfEvent {
  readonly object: ObjectType;
  readonly id: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** A write by an external id. */
export type LinkedWrite = Write & { readonly link: { readonly field: string } };

/** A record that one event wants written, by its external id. Those of one call are of one type. */
export interface Upsert extends OfEvent {
  readonly write: LinkedWrite;
}

/** The same of a record that was linked before. */
export interface LinkedUpsert extends Upsert {
  readonly id: string;
}

/** What a write by an external id, or by an id, came to. */
export type Upserted = { readonly id: string; readonly created: boolean };
export type SalesforceRecord = v.InferOutput<typeof recordSchema>;

/** What became of each record, in its place; undefined: it needs a call of its own. */
type Settled<Value> = readonly (Outcome<Value> | undefined)[];

export const recordSchema = v.objectWithRest({ Id: v.string() }, v.unknown());
const readSchema = v.array(v.nullable(recordSchema));
const writtenSchema = v.object({ success: v.literal(true), id: v.string(), created: v.optional(v.boolean(), false) });
const resultsOf = (count: number) => v.pipe(v.array(v.union([writtenSchema, refusedRecord])), v.length(count));

/**
 * Calls that carry the records of several events: sObject Collections, which settle each record alone. What is refused
 * for good is refused in a call of its own only: a trigger that throws for one record fails its whole company, and so do
 * triggers that reject others in each of three passes.
 * Source: "sObject Collections" of the REST API guide; "Bulk DML Exception Handling" of the Apex guide.
 */
export function createCollections({ unguarded }: SalesforceClient, { guard }: Pick<ConnectorServices, 'guard'>) {
  /** One that is deleted, unknown, or not shown to us is told apart from the others by a call of its own. */
  async function read(readings: readonly Reading[]): Promise<Settled<SalesforceRecord>> {
    const [first] = readings;
    if (first === undefined) return [];
    const operation = 'salesforce.read';
    const ids = readings.map(({ id }) => encodeURIComponent(id)).join(',');
    const path = `/composite/sobjects/${first.object.object}?ids=${ids}&fields=${['Id', ...first.fields].join(',')}`;
    return each(operation, readings, async () => {
      const found = await unguarded({ operation, method: 'GET', path }, readSchema, sharedBy(readings));
      // By their ids and not by their places: a record must not be taken for another.
      const records = found.kind === 'success' ? found.value.filter((record) => record !== null) : [];
      const byId = new Map(records.map((record) => [record.Id, record]));
      return settled(found, readings, ({ id }) => {
        const record = byId.get(recordId18(id) ?? id);
        return record === undefined ? undefined : success(record);
      });
    });
  }

  async function upsert(upserts: readonly Upsert[]): Promise<Settled<Upserted>> {
    const [first] = upserts;
    if (first === undefined) return [];
    const path = `/composite/sobjects/${first.write.object.object}/${first.write.link.field}`;
    const records = upserts.map(({ write: { object, link, fields } }) => ({
      attributes: { type: object.object },
      ...fields,
      [link.field]: link.value,
    }));
    return write({ operation: 'salesforce.upsert', path, records }, upserts);
  }

  function update(changes: readonly Change[], operation: string): Promise<Settled<Upserted>> {
    const records = changes.map(({ object, id, fields }) => ({ attributes: { type: object.object }, id, ...fields }));
    return write({ operation, path: '/composite/sobjects', records }, changes);
  }

  /**
   * Collections can't be told to create nothing, so records that are linked are written by their ids: those that hold
   * the link, as one look at all of them shows. What to do about any other is seen in a call of its own.
   */
  async function updateLinked(upserts: readonly LinkedUpsert[]): Promise<Settled<Upserted>> {
    // A look and a write: two records need no more calls alone.
    if (upserts.length < 3) return upserts.map(() => undefined);
    const looks = await read(
      upserts.map(({ write: { object, link }, id, context }) => ({ object, id, fields: [link.field], context })),
    );
    const holding = upserts.flatMap((item, index) => {
      const { write, context } = item;
      const look = looks[index];
      if (look?.kind !== 'success' || look.value[write.link.field] !== write.link.value) return [];
      return { item, change: { object: write.object, id: look.value.Id, fields: write.fields, context } };
    });
    const changes = holding.map(({ change }) => change);
    const updates = changes.length < 2 ? [] : await update(changes, 'salesforce.upsert');
    const updated = new Map(holding.map(({ item }, index) => [item, updates[index]]));
    return upserts.map((item, index) => {
      const look = looks[index];
      return look === undefined || look.kind === 'success' ? updated.get(item) : look;
    });
  }

  function write(
    { operation, path, records }: Pick<SalesforceCall, 'operation' | 'path'> & { records: readonly object[] },
    items: readonly OfEvent[],
  ): Promise<Settled<Upserted>> {
    const request = { operation, method: 'PATCH', path, body: { allOrNone: false, records } } as const;
    return each(operation, items, async () => {
      const results = await unguarded(request, resultsOf(records.length), sharedBy(items));
      return settled(results, items, (_item, index) => {
        const result = results.kind === 'success' ? results.value[index] : undefined;
        if (result === undefined) return undefined;
        if ('success' in result) return success({ id: result.id, created: result.created });
        const failure = recordFailure(result, operation);
        return failure.kind === 'permanent' ? undefined : failure;
      });
    });
  }

  /**
   * Each event asks the guard for itself, and tells it what its own record came to; but for the breaker it is one call.
   * They are of one container, whose guard lets all of them through or none.
   */
  async function each<Value>(
    operation: string,
    items: readonly OfEvent[],
    make: () => Promise<Settled<Value>>,
  ): Promise<Settled<Value>> {
    let made: Promise<Settled<Value>> | undefined;
    const outcomes = items.map(({ context }, index) =>
      guard<Value | undefined>(operation, context.key, async () => {
        made ??= make();
        const all = await made;
        const teller = Math.max(
          0,
          all.findIndex((outcome) => outcome === undefined || outcome.kind === 'success'),
        );
        const outcome = all[index] ?? success(undefined);
        return index === teller ? outcome : { ...outcome, told: true };
      }),
    );
    return (await Promise.all(outcomes)).map((outcome) => {
      if (outcome.kind !== 'success') return outcome;
      return outcome.value === undefined ? undefined : success(outcome.value);
    });
  }

  return { read, upsert, update, updateLinked };
}

/** Of a call that failed as a whole, its failure is each one's. */
function settled<Item, Value>(
  outcome: Outcome<unknown>,
  items: readonly Item[],
  settle: (item: Item, index: number) => Outcome<Value> | undefined,
): Settled<Value> {
  if (outcome.kind === 'success') return items.map(settle);
  if (outcome.kind === 'permanent') return items.map(() => undefined);
  return items.map(() => outcome);
}

/** One call for several events: within the shortest of their times, and to be found by the id of each. */
function sharedBy(items: readonly OfEvent[]) {
  const contexts = items.map(({ context }) => context);
  return {
    correlationId: contexts.map(({ correlationId }) => correlationId).join(','),
    // A call has one parent; naming one event's would hide it from the others' traces.
    traceparent: undefined,
    // Whatever else rides along, it is made for the most urgent one.
    trafficClass: trafficClasses.find((each) => contexts.some(({ trafficClass = 'live' }) => trafficClass === each)),
    timeoutMs: (mostMs?: number) => Math.min(...contexts.map((context) => context.timeoutMs(mostMs))),
  };
}

import type { GenericSchema, InferOutput } from 'valibot';
import type { FieldValue } from '../contract/object-type.ts';
import type { Direction, Mapping } from './mapping.ts';
import type { PolicyOverrides } from './policies.ts';
import type { Operation } from './system.ts';

/**
 * One way from one system to another: which events of the source wake it, whose record they are about, and what is
 * written at the destination.
 */
export interface Flow<Schema extends GenericSchema = GenericSchema> {
  /** Key of the flow in the integration, its file's name, and its name in queues, functions, alarms and logs. */
  readonly name: string;
  readonly source: {
    /** Key of the system in the integration that sends the events. */
    readonly system: string;
    /** Event types in the source's own words: `customer.created`. */
    readonly events: readonly string[];
    /** What an event must look like. One that does not is parked with the reason, in its place among its key's events. */
    readonly schema: Schema;
    /** The id of the record the event is about: events of one key are delivered in order. */
    key(event: InferOutput<Schema>): string;
    /**
     * Orders the states of one record: a later one has a higher number. Needed for `payload: 'event'`, unless the flow
     * appends, and for `afterDeadLetter: 'halt-key'`; only a source that numbers its events, or stamps its records, has one.
     */
    version?(event: InferOutput<Schema>): number | bigint;
    /** The record's fields as the event tells them, by the names of the mapping's object. Needed for `payload: 'event'`. */
    fields?(event: InferOutput<Schema>): Readonly<Record<string, FieldValue>>;
  };
  /**
   * What is written. `reread`: the record as it is now, so that the event is only a hint, and right in any order. `event`:
   * what the event itself tells; the highest version that was applied is remembered, and older events are dropped. With
   * `operation: 'append'` nothing is older: every event is an entry, in the order in which they arrived.
   * @default 'reread'
   */
  readonly payload?: 'reread' | 'event';
  readonly mapping: Mapping;
  /** Which side of the mapping is written: `right` reads the left record and writes the right one. */
  readonly direction: Direction;
  /**
   * `upsert`: by the destination's link field, declared there as a unique external id (Salesforce).
   * `update-or-create`: by id where the pair is linked; else created, and found again by its metadata (Stripe).
   * `put`: under the source record's own id, or the linked one; written twice is written once (REST, GraphQL).
   * `append`: every event is an entry of its own, sent under a key by which the destination must know a repeat; one that
   * ignores the key has an entry twice where an answer was lost (REST, GraphQL).
   */
  readonly operation: Operation;
  /** What differs from the integration's policies. */
  readonly policies?: PolicyOverrides;
  /** Bundles Powertools Tracer: +120 KB, +10 ms of cold start. @default false */
  readonly tracing?: boolean;
}

/** Declares a flow; the schema's output types `key`. */
export function defineFlow<const Name extends string, const System extends string, Schema extends GenericSchema>(
  flow: Flow<Schema> & { name: Name; source: { system: System } },
): Flow<Schema> & { name: Name; source: { system: System } } {
  return flow;
}

/** The two ends of a flow: what it reads, what it writes, and the field on each that holds the other's id, if any. */
export function endsOf(flow: Flow) {
  const { left, right, link } = flow.mapping;
  const ends = { left: { object: left, link: link?.left }, right: { object: right, link: link?.right } };
  return flow.direction === 'right'
    ? { source: ends.left, destination: ends.right }
    : { source: ends.right, destination: ends.left };
}

/** Whether the flow ever calls its source: to read the record, or to link it with what was written. */
export function callsSource(flow: Flow): boolean {
  return flow.payload !== 'event' || endsOf(flow).source.link !== undefined;
}

/** The names of the systems that the flow calls: those that it reads and writes. */
export function systemsCalledBy(flow: Flow): string[] {
  const { source, destination } = endsOf(flow);
  return [...new Set([...(callsSource(flow) ? [source.object.system] : []), destination.object.system])];
}

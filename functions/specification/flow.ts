import type { GenericSchema, InferOutput } from 'valibot';
import type { Direction, Mapping } from './mapping.ts';
import type { PolicyOverrides } from './policies.ts';
import type { Operation } from './system.ts';

/**
 * One way from one system to another: which events of the source wake it, whose record they are about, and what is
 * written at the destination. A flow re-reads the current record before it writes, so an event is only a hint.
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
  };
  readonly mapping: Mapping;
  /** Which side of the mapping is written: `right` reads the left record and writes the right one. */
  readonly direction: Direction;
  /**
   * `upsert`: by the destination's link field, declared there as a unique external id (Salesforce).
   * `update-or-create`: by id where the pair is linked; else created, and found again by its metadata (Stripe).
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

/** The two ends of a flow: what it reads, what it writes, and the field on each that holds the other's id. */
export function endsOf(flow: Flow) {
  const { left, right, link } = flow.mapping;
  const ends = { left: { object: left, link: link.left }, right: { object: right, link: link.right } };
  return flow.direction === 'right'
    ? { source: ends.left, destination: ends.right }
    : { source: ends.right, destination: ends.left };
}

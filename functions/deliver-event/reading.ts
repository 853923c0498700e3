import type { History } from '../contract/delivery.ts';
import { claimOf, type Message } from '../contract/message.ts';
import type { FieldValue } from '../contract/object-type.ts';
import { unreadCodes } from '../engine/park-list.ts';
import type { Flow } from '../specification/flow.ts';
import { flawOf, parseEvent } from '../specification/parse-event.ts';
import { describe } from './describe.ts';
import type { DeliverServices } from './services.ts';
import { callTimeMs } from './write-through.ts';

export type ParkAs = NonNullable<History['parkAs']>;

/** What is to be written of an event. */
export interface Reading {
  readonly kind: 'read';
  /** Its subject is the key that the flow's schema gives. */
  readonly message: Message;
  /** What the event itself tells; undefined where the record is read anew. What is appended has no version. */
  readonly told:
    | { readonly version: bigint | undefined; readonly fields: Readonly<Record<string, FieldValue>> }
    | undefined;
}

/** It can't be delivered as it is. */
export interface Unfit {
  readonly kind: 'unfit';
  readonly parkAs: ParkAs;
}

/** Its data could not be had, but may be later. */
export interface Unread {
  readonly kind: 'unread';
}

type ReadServices = Pick<DeliverServices, 'flow' | 'largeData' | 'telemetry' | 'callTimeoutMs' | 'remainingMs'>;

/**
 * Reads an event as its flow is deployed now. One that the schema refused when it was received is parked with that
 * reason; once it is released the schema is asked again, since that may have been mended. Large data is fetched only
 * where it is looked at.
 */
export async function readEvent(message: Message, services: ReadServices): Promise<Reading | Unfit | Unread> {
  const { flow } = services;
  const wasRefused = message.invalidreason !== undefined;
  if (wasRefused && message.releasedgeneration === undefined) return invalid(message.invalidreason ?? '');
  if (!wasRefused && flow.payload !== 'event') return { kind: 'read', message, told: undefined };
  const got = await dataOf(message, services);
  return got.kind === 'data' ? parse(message, got.data, flow) : got;
}

function parse(message: Message, data: unknown, flow: Flow): Reading | Unfit {
  const parsed = parseEvent(flow, data);
  if (!parsed.valid) return invalid(parsed.reason);
  try {
    const subject = message.invalidreason === undefined ? message.subject : flow.source.key(parsed.event);
    const flaw = flawOf(subject);
    if (flaw !== undefined) return invalid(flaw);
    const told = flow.payload === 'event' ? tell(flow, parsed.event) : undefined;
    return { kind: 'read', message: { ...message, subject }, told };
  } catch {
    // What it threw may quote the event.
    return unfit("the flow's source.key, version or fields threw, or version is no whole number", 'unreadable');
  }
}

type Data = { readonly kind: 'data'; readonly data: unknown };

/** The event as its source sent it, wherever it is. */
async function dataOf(message: Message, services: ReadServices): Promise<Data | Unfit | Unread> {
  const claim = claimOf(message);
  if (claim === undefined) return { kind: 'data', data: message.data };
  try {
    const found = await services.largeData.read(claim, callTimeMs(services));
    if (found.kind === 'read') return { kind: 'data', data: JSON.parse(found.text) };
    const isGone = found.kind === 'gone';
    return unfit(isGone ? 'its data is not in the bucket any more' : 'its data was changed in the bucket', found.kind);
  } catch (error) {
    services.telemetry.warn('data not read', describe(message, services), error);
    return { kind: 'unread' };
  }
}

function invalid(reason: string): Unfit {
  return unfit(reason, 'invalid');
}

function unfit(reason: string, code: keyof typeof unreadCodes): Unfit {
  return { kind: 'unfit', parkAs: { reason, category: 'permanent', code: unreadCodes[code] } };
}

/** Synth refuses a flow that lacks what it needs. */
function tell({ source, operation }: Flow, event: unknown): Reading['told'] {
  if (source.fields === undefined) throw new Error('source.fields is missing');
  const fields = source.fields(event);
  if (operation === 'append') return { version: undefined, fields };
  if (source.version === undefined) throw new Error('source.version is missing');
  return { version: BigInt(source.version(event)), fields };
}

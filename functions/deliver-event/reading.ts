import type { History } from '../contract/delivery.ts';
import type { Message } from '../contract/message.ts';
import type { FieldValue } from '../contract/object-type.ts';
import { unreadCodes } from '../engine/park-list.ts';
import type { Flow } from '../specification/flow.ts';
import { parseEvent } from '../specification/parse-event.ts';

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

/**
 * Reads an event as its flow is deployed now. One that the schema refused when it was received is parked with that
 * reason; once it is released the schema is asked again, since that may have been mended.
 */
export function readEvent(message: Message, flow: Flow): Reading | Unfit {
  const wasRefused = message.invalidreason !== undefined;
  if (wasRefused && message.releasedgeneration === undefined) return invalid(message.invalidreason ?? '');
  if (!wasRefused && flow.payload !== 'event') return { kind: 'read', message, told: undefined };
  const parsed = parseEvent(flow, message.data);
  if (!parsed.valid) return invalid(parsed.reason);
  try {
    const subject = wasRefused ? flow.source.key(parsed.event) : message.subject;
    const told = flow.payload === 'event' ? tell(flow, parsed.event) : undefined;
    return { kind: 'read', message: { ...message, subject }, told };
  } catch {
    // What it threw may quote the event.
    const reason = "the flow's source.key, version or fields threw, or version is no whole number";
    return { kind: 'unfit', parkAs: { reason, category: 'permanent', code: unreadCodes.unreadable } };
  }
}

function invalid(reason: string): Unfit {
  return { kind: 'unfit', parkAs: { reason, category: 'permanent', code: unreadCodes.invalid } };
}

/** Synth refuses a flow that lacks what it needs. */
function tell({ source, operation }: Flow, event: unknown): Reading['told'] {
  if (source.fields === undefined) throw new Error('source.fields is missing');
  const fields = source.fields(event);
  if (operation === 'append') return { version: undefined, fields };
  if (source.version === undefined) throw new Error('source.version is missing');
  return { version: BigInt(source.version(event)), fields };
}

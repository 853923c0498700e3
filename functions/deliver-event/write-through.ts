import type { CallContext } from '../connectors/connector.ts';
import type { Message } from '../contract/message.ts';
import { mapRecord } from '../engine/map-record.ts';
import { type Outcome, success } from '../engine/outcome.ts';
import { endsOf } from '../specification/flow.ts';
import { type Delivered, eventKey } from '../state/once.ts';
import type { Reading } from './reading.ts';
import type { DeliverServices } from './services.ts';

/**
 * Delivers one event: reads the record as it is now, unless the event tells it, maps it, writes it, and links the two
 * records where the mapping has a link. Where the record is read the event is only a hint, so that this is right in any
 * order; it may be done again in any case. `alone`: its calls carry no other event's record.
 */
export async function writeThrough(
  { message, told }: Pick<Reading, 'message' | 'told'>,
  services: Pick<DeliverServices, 'flow' | 'source' | 'destination' | 'callTimeoutMs' | 'remainingMs'>,
  alone: boolean,
): Promise<Outcome<Delivered>> {
  const { flow, source, destination } = services;
  const ends = endsOf(flow);
  const call = callContext(message, services, alone);
  const current =
    told === undefined
      ? await source.read(ends.source.object, message.subject, call)
      : success({ id: message.subject, fields: told.fields });
  if (current.kind !== 'success') return current;
  // Deleted since: there is nothing left to write, and a delete is not this flow's to carry over.
  if (current.value === undefined) return success({ gone: true });
  const { link } = ends.source;
  const linkedId = link && current.value.fields[link];
  const written = await destination.write(
    {
      object: ends.destination.object,
      id: typeof linkedId === 'string' && linkedId !== '' ? linkedId : undefined,
      link: { field: ends.destination.link, value: current.value.id },
      eventKey: eventKey(flow.name, message.id, message.subject),
      fields: mapRecord(flow.mapping, flow.direction, current.value.fields),
    },
    call,
  );
  if (written.kind !== 'success') return written;
  if ('gone' in written.value) return success({ gone: true });
  const { id, created } = written.value;
  if (link !== undefined && linkedId !== id) {
    const linked = await source.link(ends.source.object, current.value.id, link, id, call);
    if (linked.kind !== 'success') return linked;
  }
  return success({ destinationId: id, created });
}

/** Stops calls a little before AWS stops the function, so that the failure can still be recorded. */
const endMarginMs = 500;

/** How long the next call may take, in milliseconds: no longer than `mostMs`, and than the invocation lasts. */
export function callTimeMs(
  { callTimeoutMs, remainingMs }: Pick<DeliverServices, 'callTimeoutMs' | 'remainingMs'>,
  mostMs = callTimeoutMs,
): number {
  return Math.min(mostMs, remainingMs() - endMarginMs);
}

function callContext(
  message: Message,
  services: Pick<DeliverServices, 'callTimeoutMs' | 'remainingMs'>,
  alone: boolean,
): CallContext {
  return {
    correlationId: message.correlationid,
    traceparent: message.traceparent,
    key: message.subject,
    alone,
    trafficClass: message.releasedgeneration === undefined ? 'live' : 'replay',
    timeoutMs: (mostMs) => callTimeMs(services, mostMs),
  };
}

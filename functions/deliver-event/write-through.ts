import type { CallContext } from '../connectors/connector.ts';
import type { Message } from '../contract/message.ts';
import { mapRecord } from '../engine/map-record.ts';
import { type Outcome, success } from '../engine/outcome.ts';
import { endsOf, type Flow } from '../specification/flow.ts';
import type { Delivered } from './once.ts';
import type { DeliverServices } from './services.ts';

/**
 * Delivers one event: reads the record as it is now, maps it, writes it, and links the two records. The event is only a
 * hint, so this is right in any order and however often it is done.
 */
export async function writeThrough(
  message: Message,
  services: Pick<DeliverServices, 'flow' | 'source' | 'destination' | 'callTimeoutMs' | 'remainingMs'>,
): Promise<Outcome<Delivered>> {
  const { flow, source, destination } = services;
  const ends = endsOf(flow);
  const call = callContext(message, services);
  const current = await source.read(ends.source.object, message.subject, call);
  if (current.kind !== 'success') return current;
  // Deleted since: there is nothing left to write, and a delete is not this flow's to carry over.
  if (current.value === undefined) return success({ gone: true });
  const linkedId = current.value.fields[ends.source.link];
  const written = await destination.write(
    {
      object: ends.destination.object,
      id: typeof linkedId === 'string' && linkedId !== '' ? linkedId : undefined,
      link: { field: ends.destination.link, value: current.value.id },
      fields: mapRecord(flow.mapping, flow.direction, current.value.fields),
    },
    call,
  );
  if (written.kind !== 'success') return written;
  if ('gone' in written.value) return success({ gone: true });
  const { id, created } = written.value;
  if (linkedId !== id) {
    const linked = await source.link(ends.source.object, current.value.id, ends.source.link, id, call);
    if (linked.kind !== 'success') return linked;
  }
  return success({ destinationId: id, created });
}

/** Stops calls a little before AWS stops the function, so that the failure can still be recorded. */
const endMarginMs = 500;

/** How long the next call may take, in milliseconds. */
export function callTimeMs({ callTimeoutMs, remainingMs }: Pick<DeliverServices, 'callTimeoutMs' | 'remainingMs'>) {
  return Math.min(callTimeoutMs, remainingMs() - endMarginMs);
}

function callContext(message: Message, services: Pick<DeliverServices, 'callTimeoutMs' | 'remainingMs'>): CallContext {
  return {
    correlationId: message.correlationid,
    traceparent: message.traceparent,
    key: message.subject,
    timeoutMs: () => callTimeMs(services),
  };
}

/** What an event is known by for as long as it is remembered: the same event for another flow is another one. */
export function eventKey(flow: Flow, message: Message): string {
  return JSON.stringify([flow.name, message.id, message.subject]);
}

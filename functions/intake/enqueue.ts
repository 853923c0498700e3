import type { Message } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { IncomingEvent } from '../contract/webhook-reader.ts';
import type { Flow } from '../specification/flow.ts';
import { flawOf, parseEvent } from '../specification/parse-event.ts';

/** What is needed to queue the events of one system, by whichever door they came. */
export interface EnqueueServices {
  readonly integration: string;
  readonly system: string;
  /** The flows that this source's events may wake. */
  readonly flows: readonly Flow[];
  /**
   * Resolves when the flow's queue has taken the message, to the id that it has there. `repeat`: what a repeat within
   * five minutes has in common with it.
   */
  send(flow: string, message: Message, repeat: string): Promise<string | undefined>;
  readonly telemetry: Telemetry;
  now(): number;
}

/** What an event is known by, and what ties together all that happens to it. */
export interface Arrival {
  readonly id: string;
  readonly repeat: string;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
}

/**
 * Puts an event into the queue of every flow that wants it. `taken` where each has it, or none wants it; else what a
 * queue answered. Flows that took it see the repeat as one: SQS deduplicates, and delivery knows the event's id.
 */
export async function enqueue(
  event: IncomingEvent,
  arrival: Arrival,
  services: EnqueueServices,
): Promise<'taken' | { readonly refused: unknown }> {
  const { telemetry } = services;
  const { correlationId, id: eventId } = arrival;
  const about = { correlationId, eventId, eventType: event.type, subject: event.subject };
  if (event.echo) {
    telemetry.count(metricNames.echoDropped);
    telemetry.info('echo dropped', about);
    return 'taken';
  }
  const wanting = services.flows.filter((flow) => flow.source.events.includes(event.type));
  if (wanting.length === 0) {
    telemetry.count(metricNames.eventIgnored);
    telemetry.info('event ignored', about);
    return 'taken';
  }
  const sent = await Promise.allSettled(wanting.map((flow) => queueFor(flow, event, arrival, services)));
  const failed = sent.find((result) => result.status === 'rejected');
  return failed === undefined ? 'taken' : { refused: failed.reason };
}

async function queueFor(flow: Flow, event: IncomingEvent, arrival: Arrival, services: EnqueueServices) {
  const message = toMessage(flow, event, arrival, services);
  const messageId = await services.send(flow.name, message, arrival.repeat);
  const { correlationId } = arrival;
  const { id: eventId, type: eventType, subject, invalidreason: reason } = message;
  services.telemetry.count(metricNames.eventQueued);
  if (reason !== undefined) services.telemetry.count(metricNames.eventInvalid);
  const about = { correlationId, eventId, eventType, flow: flow.name, subject, reason };
  // What delivery remembers of a message, it remembers by this id.
  services.telemetry.info('event queued', { ...about, messageId });
}

/** Built once it is known what the flow makes of the event: an invalid one travels too, flagged, in its own place. */
function toMessage(
  flow: Flow,
  event: IncomingEvent,
  { id, correlationId, traceparent }: Arrival,
  services: EnqueueServices,
): Message {
  const received = new Date(services.now()).toISOString();
  const parsed = parseEvent(flow, event.data);
  const key = parsed.valid ? flow.source.key(parsed.event) : event.subject || id;
  const flaw = flawOf(key);
  return {
    specversion: '1.0',
    id,
    source: `/${services.integration}/${services.system}`,
    type: event.type,
    subject: flaw === undefined ? key : id,
    time: event.time ?? received,
    datacontenttype: 'application/json',
    data: event.data,
    schemaversion: 1,
    correlationid: correlationId,
    traceparent,
    receivedtime: received,
    invalidreason: parsed.valid ? flaw : parsed.reason,
  };
}

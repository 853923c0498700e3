import type { Message } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { SignedRequest } from '../contract/signature-scheme.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { IncomingEvent } from '../contract/webhook-reader.ts';
import type { Flow } from '../specification/flow.ts';
import { parseEvent } from '../specification/parse-event.ts';
import { defaultMaxBodyBytes, type WebhookSource } from '../specification/system.ts';
import { type Answer, accepted, refused, told } from './answers.ts';
import { type Correlation, correlate } from './correlation.ts';
import { type Known, knowEvents } from './event-id.ts';
import { unavailable, verifyWebhook } from './verify-webhook.ts';

/** Everything that one source's receiver knows and may do. */
export interface ReceiveServices {
  readonly integration: string;
  readonly system: string;
  readonly webhook: WebhookSource;
  /** The flows that this source's events may wake. */
  readonly flows: readonly Flow[];
  readonly secret: { read(): Promise<string | undefined>; reread(minAgeMs: number): Promise<string | undefined> };
  /**
   * Resolves when the flow's queue has taken the message, to the id that it has there. `repeat`: what a repeat within
   * five minutes has in common with it.
   */
  send(flow: string, message: Message, repeat: string): Promise<string | undefined>;
  readonly telemetry: Telemetry;
  now(): number;
  newId(): string;
}

/**
 * Takes one webhook: verifies it on the raw bytes, reads the events, queues them for every flow that wants them, and
 * only then says so. Whatever can't be taken safely is refused so that the source sends it again.
 */
export async function receive(request: SignedRequest, services: ReceiveServices): Promise<Answer> {
  const { telemetry, webhook } = services;
  const correlation = correlate(request.headers, services.newId);
  const { correlationId } = correlation;
  telemetry.count(metricNames.webhookReceived);
  if (request.body.length > (webhook.maxBodyBytes ?? defaultMaxBodyBytes)) {
    telemetry.count(metricNames.webhookTooLarge);
    telemetry.warn('webhook too large', { correlationId, bytes: request.body.length });
    return refused(413, correlationId, webhook.scheme);
  }
  const verdict = await verifyWebhook(request, services, correlationId);
  if (verdict !== 'authentic') return refused(verdict, correlationId, webhook.scheme);
  telemetry.count(metricNames.webhookVerified);
  const handshake = webhook.scheme.handshake?.(request);
  if (handshake !== undefined) {
    telemetry.info('handshake answered', { correlationId });
    return told(handshake, correlationId);
  }
  const status = await takeEvents(request, correlation, services);
  if (status !== 202) return refused(status, correlationId, webhook.scheme);
  return webhook.scheme.accepted === undefined ? accepted(correlationId) : told(webhook.scheme.accepted, correlationId);
}

/**
 * Every event that can be read is queued, in their order, before one that can't makes the source send them all again.
 */
async function takeEvents(request: SignedRequest, correlation: Correlation, services: ReceiveServices) {
  const { telemetry, webhook, newId } = services;
  const { correlationId } = correlation;
  const read = [webhook.reader(request.body, request.headers)].flat();
  const events = read.filter((event) => 'type' in event);
  const known = knowEvents(request, webhook.scheme, events, newId);
  for (const [index, event] of events.entries()) {
    const as = known[index];
    // What comes after one that a queue did not take must not overtake it: the source sends it all again.
    if (as !== undefined && !(await enqueue(event, as, correlation, services))) return 503;
  }
  const unreadable = read.filter((event) => 'unreadable' in event);
  for (const { unreadable: reason } of unreadable) {
    telemetry.count(metricNames.eventUnreadable);
    telemetry.warn('event unreadable', { correlationId, reason });
  }
  return unreadable.length === 0 ? 202 : 400;
}

/** Whether every flow that wants the event has it. */
async function enqueue(
  event: IncomingEvent,
  known: Known,
  correlation: Correlation,
  services: ReceiveServices,
): Promise<boolean> {
  const { telemetry } = services;
  const { correlationId } = correlation;
  const about = { correlationId, eventId: known.id, eventType: event.type, subject: event.subject };
  if (event.echo) {
    telemetry.count(metricNames.echoDropped);
    telemetry.info('echo dropped', about);
    return true;
  }
  const wanting = services.flows.filter((flow) => flow.source.events.includes(event.type));
  if (wanting.length === 0) {
    telemetry.count(metricNames.eventIgnored);
    telemetry.info('event ignored', about);
    return true;
  }
  const sent = await Promise.allSettled(wanting.map((flow) => queueFor(flow, event, known, correlation, services)));
  const failed = sent.find((result) => result.status === 'rejected');
  // Flows that took it see the repeat as one: SQS deduplicates, and delivery knows the event's id.
  if (failed !== undefined) unavailable(services, correlationId, 'queue', failed.reason);
  return failed === undefined;
}

async function queueFor(
  flow: Flow,
  event: IncomingEvent,
  known: Known,
  correlation: Correlation,
  services: ReceiveServices,
) {
  const message = toMessage(flow, event, known, correlation, services);
  const messageId = await services.send(flow.name, message, known.repeat);
  const { correlationId } = correlation;
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
  { id }: Known,
  correlation: Correlation,
  services: ReceiveServices,
): Message {
  const received = new Date(services.now()).toISOString();
  const parsed = parseEvent(flow, event.data);
  return {
    specversion: '1.0',
    id,
    source: `/${services.integration}/${services.system}`,
    type: event.type,
    subject: parsed.valid ? flow.source.key(parsed.event) : (event.subject ?? id),
    time: event.time ?? received,
    datacontenttype: 'application/json',
    data: event.data,
    schemaversion: 1,
    correlationid: correlation.correlationId,
    traceparent: correlation.traceparent,
    receivedtime: received,
    invalidreason: parsed.valid ? undefined : parsed.reason,
  };
}

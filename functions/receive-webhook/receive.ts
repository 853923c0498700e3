import type { Message } from '../contract/message.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { SignedRequest } from '../contract/signature-scheme.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { IncomingEvent } from '../contract/webhook-reader.ts';
import type { Flow } from '../specification/flow.ts';
import { parseEvent } from '../specification/parse-event.ts';
import { defaultMaxBodyBytes, type WebhookSource } from '../specification/system.ts';
import { type Answer, accepted, refused } from './answers.ts';
import { type Correlation, correlate } from './correlation.ts';
import { liveSecrets } from './live-secrets.ts';

/** Everything that one source's receiver knows and may do. */
export interface ReceiveServices {
  readonly integration: string;
  readonly system: string;
  readonly webhook: WebhookSource;
  /** The flows that this source's events may wake. */
  readonly flows: readonly Flow[];
  readonly secret: { read(): Promise<string | undefined>; reread(minAgeMs: number): Promise<string | undefined> };
  /** Resolves when the flow's queue has taken the message, to the id that it has there. */
  send(flow: string, message: Message): Promise<string | undefined>;
  readonly telemetry: Telemetry;
  now(): number;
  newId(): string;
}

/** A failed verification reads the secret again, but forgeries must not make us hammer Secrets Manager. */
const rereadAtMostEveryMs = 30_000;

/**
 * Takes one webhook: verifies it on the raw bytes, reads the event, queues it for every flow that wants it, and only
 * then says 202. Whatever can't be taken safely is refused so that the source sends it again.
 */
export async function receive(request: SignedRequest, services: ReceiveServices): Promise<Answer> {
  const { telemetry, webhook } = services;
  const correlation = correlate(request.headers, services.newId);
  const { correlationId } = correlation;
  telemetry.count(metricNames.webhookReceived);
  if (request.body.length > (webhook.maxBodyBytes ?? defaultMaxBodyBytes)) {
    telemetry.count(metricNames.webhookTooLarge);
    telemetry.warn('webhook too large', { correlationId, bytes: request.body.length });
    return refused(413, correlationId);
  }
  const verdict = await verify(request, services, correlationId);
  if (verdict !== 'authentic') return refused(verdict, correlationId);
  telemetry.count(metricNames.webhookVerified);
  const event = webhook.reader(request.body, request.headers);
  if ('unreadable' in event) {
    telemetry.count(metricNames.eventUnreadable);
    telemetry.warn('event unreadable', { correlationId, reason: event.unreadable });
    return refused(400, correlationId);
  }
  return enqueue(event, correlation, services);
}

/** Fails closed: without a readable secret nothing passes. */
async function verify(request: SignedRequest, services: ReceiveServices, correlationId: string) {
  const { telemetry, secret, webhook } = services;
  const check = (text: string) => webhook.scheme.verify(request, liveSecrets(text, services.now()), services.now());
  try {
    const kept = await secret.read();
    if (kept === undefined) return unavailable(services, correlationId, 'webhook secret is empty');
    const isUsable = (text: string) => liveSecrets(text, services.now()).length > 0;
    const text = isUsable(kept) ? kept : ((await secret.reread(rereadAtMostEveryMs)) ?? kept);
    if (!isUsable(text)) return unavailable(services, correlationId, 'webhook secret is malformed');
    const first = check(text);
    if (first.valid) return 'authentic';
    const newer = first.reason === 'signature-mismatch' ? await secret.reread(rereadAtMostEveryMs) : undefined;
    if (newer !== undefined && newer !== text && check(newer).valid) return 'authentic';
    telemetry.count(metricNames.signatureRejected);
    telemetry.warn('signature rejected', { correlationId, reason: first.reason });
    return 401;
  } catch (error) {
    return unavailable(services, correlationId, 'webhook secret could not be read', error);
  }
}

function unavailable({ telemetry }: ReceiveServices, correlationId: string, reason: string, cause?: unknown): 503 {
  telemetry.count(metricNames.receiverUnavailable);
  telemetry.warn('receiver unavailable', { correlationId, reason }, cause);
  return 503;
}

async function enqueue(event: IncomingEvent, correlation: Correlation, services: ReceiveServices): Promise<Answer> {
  const { telemetry } = services;
  const { correlationId } = correlation;
  const about = { correlationId, eventId: event.id, eventType: event.type, subject: event.subject };
  if (event.echo) {
    telemetry.count(metricNames.echoDropped);
    telemetry.info('echo dropped', about);
    return accepted(correlationId);
  }
  const wanting = services.flows.filter((flow) => flow.source.events.includes(event.type));
  if (wanting.length === 0) {
    telemetry.count(metricNames.eventIgnored);
    telemetry.info('event ignored', about);
    return accepted(correlationId);
  }
  const sent = await Promise.allSettled(wanting.map((flow) => queueFor(flow, event, correlation, services)));
  const failed = sent.find((result) => result.status === 'rejected');
  // Flows that took it see the repeat as one: SQS deduplicates, and delivery knows the event's id.
  if (failed !== undefined) return refused(unavailable(services, correlationId, 'queue', failed.reason), correlationId);
  return accepted(correlationId);
}

async function queueFor(flow: Flow, event: IncomingEvent, correlation: Correlation, services: ReceiveServices) {
  const message = toMessage(flow, event, correlation, services);
  const messageId = await services.send(flow.name, message);
  const { correlationId } = correlation;
  const { id: eventId, type: eventType, subject, invalidreason: reason } = message;
  services.telemetry.count(metricNames.eventQueued);
  if (reason !== undefined) services.telemetry.count(metricNames.eventInvalid);
  const about = { correlationId, eventId, eventType, flow: flow.name, subject, reason };
  // What delivery remembers of a message, it remembers by this id.
  services.telemetry.info('event queued', { ...about, messageId });
}

/** Built once it is known what the flow makes of the event: an invalid one travels too, flagged, in its own place. */
function toMessage(flow: Flow, event: IncomingEvent, correlation: Correlation, services: ReceiveServices): Message {
  const received = new Date(services.now()).toISOString();
  const parsed = parseEvent(flow, event.data);
  return {
    specversion: '1.0',
    id: event.id,
    source: `/${services.integration}/${services.system}`,
    type: event.type,
    subject: parsed.valid ? flow.source.key(parsed.event) : (event.subject ?? event.id),
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

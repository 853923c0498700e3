import { metricNames } from '../contract/metric-names.ts';
import type { SignedRequest } from '../contract/signature-scheme.ts';
import { type EnqueueServices, enqueue } from '../intake/enqueue.ts';
import { withUsableId } from '../intake/with-usable-id.ts';
import { defaultMaxBodyBytes, type WebhookSource } from '../specification/system.ts';
import type { AllowsSender } from './allowed-sender.ts';
import { type Answer, accepted, refused, told } from './answers.ts';
import { type Correlation, correlate } from './correlation.ts';
import { knowEvents } from './event-id.ts';
import type { Incoming } from './incoming.ts';
import { looksSignedUnread } from './looks-signed.ts';
import { unavailable, verifyWebhook } from './verify-webhook.ts';

/** Everything that one source's receiver knows and may do. */
export interface ReceiveServices extends EnqueueServices {
  readonly webhook: WebhookSource;
  readonly allowsSender: AllowsSender;
  readonly secret: { read(): Promise<string | undefined>; reread(minAgeMs: number): Promise<string | undefined> };
  /** A failed verification reads the secret again, but no sooner than this after the last time, in milliseconds. */
  readonly rereadSecretMs: number;
  newId(): string;
}

/**
 * Takes one webhook: verifies it on the raw bytes, reads the events, queues them for every flow that wants them, and
 * only then says so. Whatever can't be taken safely is refused so that the source sends it again.
 */
export async function receive(incoming: Incoming, services: ReceiveServices): Promise<Answer> {
  const { telemetry, webhook } = services;
  const { headers, bodyBytes } = incoming;
  const correlation = correlate(headers, services.newId);
  const { correlationId } = correlation;
  telemetry.count(metricNames.webhookReceived);
  if (!services.allowsSender(incoming.sourceIp)) {
    const isSigned = looksSignedUnread(headers, webhook.scheme, services.now());
    telemetry.count(isSigned ? metricNames.senderRefused : metricNames.unsignedRejected);
    telemetry.warn('sender refused', { correlationId });
    // The answer to a wrong signature: nobody is told that it was the address.
    return refused(401, correlationId, webhook.scheme);
  }
  if (bodyBytes > (webhook.maxBodyBytes ?? defaultMaxBodyBytes)) {
    telemetry.count(metricNames.webhookTooLarge);
    telemetry.warn('webhook too large', { correlationId, bytes: bodyBytes });
    return refused(413, correlationId, webhook.scheme);
  }
  const request = incoming.read();
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
  const read = [webhook.reader(request.body, request.headers)].flat().map(withUsableId);
  const events = read.filter((event) => 'type' in event);
  const known = knowEvents(request, webhook.scheme, events, newId);
  for (const [index, event] of events.entries()) {
    const as = known[index];
    if (as === undefined) continue;
    const queued = await enqueue(event, { ...as, ...correlation }, services);
    // What comes after one that a queue did not take must not overtake it: the source sends it all again.
    if (queued !== 'taken') return unavailable(services, correlationId, 'queue', queued.refused);
  }
  const unreadable = read.filter((event) => 'unreadable' in event);
  for (const { unreadable: reason } of unreadable) {
    telemetry.count(metricNames.eventUnreadable);
    telemetry.warn('event unreadable', { correlationId, reason });
  }
  return unreadable.length === 0 ? 202 : 400;
}

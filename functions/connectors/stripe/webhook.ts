import * as v from 'valibot';
import { parseJsonBytes } from '../../contract/json-bytes.ts';
import type { IncomingEvent, Unreadable, WebhookReader } from '../../contract/webhook-reader.ts';

/** Our own writes carry an idempotency key that begins so; Stripe shows it in the event they cause. */
const ourKeyPrefix = 'millrace:';

const text = v.pipe(v.string(), v.nonEmpty());
const request = v.optional(v.nullable(v.looseObject({ idempotency_key: v.optional(v.nullable(v.string())) })));

const envelope = v.looseObject({
  id: text,
  type: text,
  // Seconds, within what a date can hold.
  created: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e12))),
  request,
  data: v.optional(v.unknown()),
});

/** The id of the object that an event is about, where it has the usual form. */
const subject = v.looseObject({ object: v.looseObject({ id: text }) });

/** Events that name the object they are about, and hold nothing of it. */
const thinEnvelope = v.looseObject({
  object: v.literal('v2.core.event'),
  id: text,
  type: text,
  created: v.pipe(v.string(), v.isoTimestamp()),
  reason: v.optional(v.nullable(v.looseObject({ request }))),
  related_object: v.optional(v.nullable(v.looseObject({ id: text }))),
});

/**
 * Reads Stripe's events out of webhooks: snapshot events (https://docs.stripe.com/api/events/object), and thin ones
 * (https://docs.stripe.com/api/v2/core/events/object).
 */
export const readStripeEvent: WebhookReader = (body) => readEvent(parseJsonBytes(body));

/** Reads one event, by whichever door it came. */
export function readEvent(value: unknown): IncomingEvent | Unreadable {
  const thin = v.safeParse(thinEnvelope, value);
  if (thin.success) return readThin(thin.output);
  const parsed = v.safeParse(envelope, value);
  if (!parsed.success) return { unreadable: 'not a JSON object with id and type' };
  const { id, type, created, data } = parsed.output;
  const about = v.safeParse(subject, data);
  return {
    id,
    type,
    time: created === undefined ? undefined : new Date(created * 1000).toISOString(),
    subject: about.success ? about.output.object.id : undefined,
    echo: isOurs(parsed.output),
    data: parsed.output,
  };
}

function readThin(event: v.InferOutput<typeof thinEnvelope>): IncomingEvent {
  const { id, type, created, related_object: about, reason } = event;
  const time = new Date(created).toISOString();
  return { id, type, time, subject: about?.id, echo: isOurs(reason), data: event };
}

function isOurs(cause: { readonly request?: v.InferOutput<typeof request> } | null | undefined): boolean {
  return cause?.request?.idempotency_key?.startsWith(ourKeyPrefix) ?? false;
}

import * as v from 'valibot';
import { parseJsonBytes } from '../../contract/json-bytes.ts';
import type { WebhookReader } from '../../contract/webhook-reader.ts';

/** Our own writes carry an idempotency key that begins so; Stripe shows it in the event they cause. */
const ourKeyPrefix = 'millrace:';

const envelope = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty()),
  type: v.pipe(v.string(), v.nonEmpty()),
  // Within what a date can hold.
  created: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e12))),
  request: v.optional(v.nullable(v.looseObject({ idempotency_key: v.optional(v.nullable(v.string())) }))),
  data: v.optional(v.unknown()),
});

/** The id of the object that an event is about, where it has the usual form. */
const subject = v.looseObject({ object: v.looseObject({ id: v.pipe(v.string(), v.nonEmpty()) }) });

/** Reads Stripe's snapshot events (https://docs.stripe.com/api/events/object). */
export const readStripeEvent: WebhookReader = (body) => {
  const parsed = v.safeParse(envelope, parseJsonBytes(body));
  if (!parsed.success) return { unreadable: 'not a JSON object with id and type' };
  const { id, type, created, request, data } = parsed.output;
  const about = v.safeParse(subject, data);
  return {
    id,
    type,
    time: created === undefined ? undefined : new Date(created * 1000).toISOString(),
    subject: about.success ? about.output.object.id : undefined,
    echo: request?.idempotency_key?.startsWith(ourKeyPrefix) ?? false,
    data: parsed.output,
  };
};

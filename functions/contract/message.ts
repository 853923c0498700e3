import * as v from 'valibot';

/**
 * What travels through the queues: a CloudEvents 1.0 JSON envelope (extension attributes are lower-case, as the
 * standard asks). `subject` is the entity key: messages of one subject are delivered in order.
 */
export const messageSchema = v.object({
  specversion: v.literal('1.0'),
  /** The source's own event id. */
  id: v.pipe(v.string(), v.nonEmpty()),
  /** `/integration/system`. */
  source: v.string(),
  type: v.string(),
  subject: v.pipe(v.string(), v.nonEmpty()),
  /** When it happened, by the source's clock. */
  time: v.string(),
  datacontenttype: v.literal('application/json'),
  /** The event as the source sent it. */
  data: v.unknown(),
  schemaversion: v.literal(1),
  correlationid: v.pipe(v.string(), v.nonEmpty()),
  traceparent: v.optional(v.string()),
  /** When the receiver took it, ISO 8601: latency is measured from here. */
  receivedtime: v.string(),
  /** Set on an authentic event that its flow's schema refused: paths and rules, no values. It is parked on delivery. */
  invalidreason: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** Set on an event that was parked and is released: the generation that it was parked in. */
  releasedgeneration: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
});

export type Message = v.InferOutput<typeof messageSchema>;

/** Reads a queue message's body; undefined where it is none of ours. */
export function parseMessage(body: string): Message | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), messageSchema), body);
  return parsed.success ? parsed.output : undefined;
}

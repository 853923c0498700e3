import * as v from 'valibot';
import type { Claim } from './large-data.ts';

/**
 * What travels through the queues: a CloudEvents 1.0 JSON envelope (extension attributes are lower-case, as the
 * standard asks). `subject` is the entity key: messages of one subject are delivered in order.
 */
const messageSchema = v.object({
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
  /** The event as the source sent it; absent where it is large, and waits in the bucket. */
  data: v.optional(v.unknown()),
  /** Where (CloudEvents' claim check extension): the key of an object. */
  dataref: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** How large it is there, in bytes, and its SHA-256. */
  datasize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  datahash: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
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
  if (!parsed.success) return undefined;
  const message = parsed.output;
  return 'data' in message || claimOf(message) !== undefined ? message : undefined;
}

/** Where a large message's data waits; undefined where the message has it. */
export function claimOf({ dataref, datasize, datahash }: Message): Claim | undefined {
  if (dataref === undefined || datasize === undefined || datahash === undefined) return undefined;
  return { key: dataref, bytes: datasize, sha256: datahash };
}

/** The message with its data left in the bucket. */
export function withClaim({ data: _, ...message }: Message, { key, bytes, sha256 }: Claim): Message {
  return { ...message, dataref: key, datasize: bytes, datahash: sha256 };
}

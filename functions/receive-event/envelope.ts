import * as v from 'valibot';

/** What is read of the envelope that EventBridge puts around every event (EventBridge user guide, "Events"). */
const envelopeSchema = v.object({
  /** EventBridge's own: a repeat of a delivery has the same one. It goes to logs. */
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,128}$/)),
  source: v.pipe(v.string(), v.nonEmpty()),
  detail: v.looseObject({}),
});

export type Envelope = v.InferOutput<typeof envelopeSchema>;

/** Undefined where it is none. */
export function parseEnvelope(value: unknown): Envelope | undefined {
  const parsed = v.safeParse(envelopeSchema, value);
  return parsed.success ? parsed.output : undefined;
}

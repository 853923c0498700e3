import * as v from 'valibot';

const wholeMs = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The clocks of a source's signing secret. */
export const secretClocksSchema = v.object({
  /** A receiver reads the secret again when what it has is older, in milliseconds. */
  cacheMs: wholeMs,
  /** It reads it again at a failed verification, and after a failed read, but no sooner than this, in milliseconds. */
  rereadMs: wholeMs,
  /** For how long the old secret is accepted beside one that `rotate-webhook-secret` made, in milliseconds. */
  overlapMs: wholeMs,
});

export type SecretClocks = v.InferOutput<typeof secretClocksSchema>;

/**
 * How long after a secret was made the source may have it, in milliseconds. It is in force one `rereadMs` later at the
 * latest, or not at all; within `cacheMs` from then on every receiver reads it, whatever forgeries do, and one whose
 * read fails does so again after another `rereadMs`.
 */
export function waitBeforeHandOver({ cacheMs, rereadMs }: Pick<SecretClocks, 'cacheMs' | 'rereadMs'>): number {
  return cacheMs + 2 * rereadMs;
}

const secret = v.pipe(v.string(), v.nonEmpty());
const time = v.pipe(v.string(), v.isoTimestamp());
const replacedSchema = v.object({
  current: secret,
  previous: v.optional(secret),
  /** ISO 8601; from then on the previous one is refused. */
  previousValidUntil: v.optional(time),
  /** ISO 8601; not before then may the source have the current one: only then has every receiver read it. */
  handOverFrom: v.optional(time),
});

/** What a source's signing secret holds. */
export type WebhookSecret = v.InferOutput<typeof replacedSchema>;

const replaced = v.pipe(v.string(), v.parseJson(), replacedSchema);

/**
 * Reads the text of a signing secret: the secret itself, or JSON `{ "current", "previous", "previousValidUntil" }` once
 * it was replaced. Undefined where the text is blank, or is JSON of another form: what anybody can guess must sign
 * nothing.
 */
export function readWebhookSecret(text: string): WebhookSecret | undefined {
  const parsed = v.safeParse(replaced, text);
  if (parsed.success) return parsed.output;
  // A trailing line break comes from an editor or `echo`, and is part of no secret.
  return text.trim() === '' || text.trimStart().startsWith('{') ? undefined : { current: text.replace(/\r?\n$/, '') };
}

/** Whether the previous secret still counts. */
export function overlaps({ previous, previousValidUntil }: WebhookSecret, nowMs: number): boolean {
  return previous !== undefined && previousValidUntil !== undefined && nowMs < Date.parse(previousValidUntil);
}

/** The signing secrets that count at `nowMs`, newest first. */
export function liveSecrets(text: string, nowMs: number): string[] {
  const held = readWebhookSecret(text);
  if (held === undefined) return [];
  return held.previous !== undefined && overlaps(held, nowMs) ? [held.current, held.previous] : [held.current];
}

/** The secret that counted once and no longer does, as far as the text still tells. */
export function endedSecrets(text: string, nowMs: number): string[] {
  const previous = readWebhookSecret(text)?.previous;
  return previous === undefined || liveSecrets(text, nowMs).includes(previous) ? [] : [previous];
}

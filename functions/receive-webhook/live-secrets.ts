import * as v from 'valibot';

const rotating = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    current: v.pipe(v.string(), v.nonEmpty()),
    previous: v.optional(v.pipe(v.string(), v.nonEmpty())),
    /** ISO 8601; from then on the previous one is refused. */
    previousValidUntil: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  }),
);

/**
 * The signing secrets that count at `nowMs`, newest first. A secret's text is the secret itself, or JSON
 * `{ "current", "previous", "previousValidUntil" }` while one is being replaced. None where the text is blank, or is
 * JSON of another form: what anybody can guess must sign nothing.
 */
export function liveSecrets(text: string, nowMs: number): string[] {
  const parsed = v.safeParse(rotating, text);
  if (!parsed.success) {
    // A trailing line break comes from an editor or `echo`, and is part of no secret.
    return text.trim() === '' || text.trimStart().startsWith('{') ? [] : [text.replace(/\r?\n$/, '')];
  }
  const { current, previous, previousValidUntil } = parsed.output;
  const overlaps = previousValidUntil !== undefined && nowMs < Date.parse(previousValidUntil);
  return previous !== undefined && overlaps ? [current, previous] : [current];
}

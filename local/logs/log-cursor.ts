/** One line of a log group, as FilterLogEvents answers it. Emulators may leave the id out. */
export interface LogLine {
  readonly eventId?: string | undefined;
  readonly logStreamName?: string | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
}

/**
 * Lines may appear a little after others of a later time, so every reading begins this much before the newest line
 * known, in milliseconds.
 */
const overlapMs = 3_000;

/** Remembers what was read of one log group, so that no line is lost or taken twice. */
export interface LogCursor {
  /** Where the next reading begins, in milliseconds since 1970. */
  readonly startTime: number;
  /** The lines of one whole reading from `startTime` on that no earlier one had. */
  take(lines: readonly LogLine[]): LogLine[];
}

export function createLogCursor(since: number): LogCursor {
  let newest = since;
  let seen = new Set<string>();
  return {
    get startTime() {
      return Math.max(since, newest - overlapMs);
    },
    take(lines) {
      const keys = keysOf(lines);
      const fresh = lines.filter((_, index) => !seen.has(keys[index] ?? ''));
      // A reading repeats all that is within the overlap, so what it doesn't repeat need not be remembered.
      seen = new Set(keys);
      newest = lines.reduce((latest, line) => Math.max(latest, line.timestamp ?? 0), newest);
      return fresh;
    },
  };
}

/** A name for each line that is the same in every reading: equal lines of one stream and time are counted. */
function keysOf(lines: readonly LogLine[]): string[] {
  const counts = new Map<string, number>();
  return lines.map((line) => {
    if (line.eventId !== undefined) return line.eventId;
    const text = JSON.stringify([line.logStreamName, line.timestamp, line.message]);
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return `${text}${count}`;
  });
}

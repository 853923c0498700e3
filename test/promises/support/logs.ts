import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';

/** A line of a function's log; metrics are lines, too. */
export type LogEntry = Readonly<Record<string, unknown>> & { readonly message?: string };

/** Everything that all functions wrote so far, line by line. It lags behind by up to half a second. */
export function logLines(): string[] {
  return readFileSync(inject('pipeline').logs, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** The lines that are JSON and have all these values. */
export function logEntries(wanted: LogEntry): LogEntry[] {
  return logLines().flatMap((line) => {
    const entry = parse(line);
    return entry !== undefined && Object.entries(wanted).every(([name, value]) => entry[name] === value) ? [entry] : [];
  });
}

function parse(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}

/** Waits for the first line with all these values. */
export function logEntry(wanted: LogEntry, timeoutMs = 15_000): Promise<LogEntry> {
  return waitFor(() => logEntries(wanted)[0], { timeoutMs, what: `a log line with ${JSON.stringify(wanted)}` });
}

import type { AtRest } from '../run.ts';
import type { Entry, Trace } from '../trace.ts';

type Of<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>;

/** What became of one event, as its trace tells it. */
export interface Life {
  readonly event: string;
  readonly record: number;
  /** The state of the record that it tells of. */
  readonly version: number;
  readonly letters: readonly Of<'dead-letter'>[];
  readonly releases: readonly Of<'released'>[];
  /** In the parked table. */
  readonly steps: readonly Of<'parked'>[];
  /** When delivery said that it was written, or skipped. */
  readonly deliveredMs: readonly number[];
  readonly skippedMs: readonly number[];
}

/** Every event that the queue took. */
export function livesOf({ trace, people }: Pick<AtRest, 'trace' | 'people'>): ReadonlyMap<string, Life> {
  const letters = Map.groupBy(trace.of('dead-letter'), eventOf);
  const releases = Map.groupBy(trace.of('released'), eventOf);
  const steps = Map.groupBy(trace.of('parked'), eventOf);
  const told = Map.groupBy(trace.of('told'), ({ event }) => event ?? '');
  const timesOf = (event: string, text: string) =>
    (told.get(event) ?? []).filter((line) => line.text.startsWith(text)).map(({ atMs }) => atMs);
  const lives = trace.of('queued').map(({ event, record }): [string, Life] => [
    event,
    {
      event,
      record,
      version: people.versionOf(event),
      letters: letters.get(event) ?? [],
      releases: releases.get(event) ?? [],
      steps: steps.get(event) ?? [],
      deliveredMs: timesOf(event, 'event delivered'),
      skippedMs: timesOf(event, 'event skipped'),
    },
  ]);
  return new Map(lives);
}

function eventOf({ event }: { readonly event: string }): string {
  return event;
}

/** When operators began to mend what is broken; undefined where nobody did. */
export function mendedMsOf(trace: Trace): number | undefined {
  return trace.of('mended')[0]?.atMs;
}

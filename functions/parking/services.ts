import type { ParkedStore, ParkListStore, ReleaseQueue } from '../contract/parked.ts';
import type { Telemetry } from '../contract/telemetry.ts';

/** What the operations on parked events know and may do, whoever runs them: a function, or an operator's command. */
export interface ParkingServices {
  readonly store: ParkedStore;
  readonly lists: ParkListStore;
  readonly releases: ReleaseQueue;
  readonly telemetry: Pick<Telemetry, 'info' | 'count'>;
  now(): number;
}

/** An entity key in one flow. */
export interface ParkKey {
  readonly flow: string;
  readonly subject: string;
}

/** A key's park list, as errors call it. */
export function listName({ flow, subject }: ParkKey): string {
  return `The park list of ${subject} in ${flow}`;
}

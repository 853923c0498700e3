import type { WebhookTarget } from './webhook-sender.ts';

/** The clock and the dice of a simulated system, so that a test can choose both. */
export interface Chance {
  /** Milliseconds since 1970, as `Date.now`. */
  now: () => number;
  /** A number in [0, 1), as `Math.random`: ids, jitter and a fault's `share` come from it. */
  random: () => number;
}

/** What every simulated system can be started with. */
export interface SimulationOptions extends Partial<Chance> {
  /** @default 0, any free port of 127.0.0.1 */
  port?: number;
}

/** A running stand-in for a SaaS system. `POST {url}/_faults` makes it fail, `GET {url}/_calls` lists what it was asked. */
export interface SimulatedSystem {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  /** Where changes are announced from now on; without a target nowhere, and what still waits for a retry is dropped. */
  setWebhook(...targets: readonly WebhookTarget[]): void;
  /** Stops listening, cuts every connection and forgets pending webhooks, so that the process can exit. */
  stop(): Promise<void>;
}

/** Fills in the real clock and real dice where a test gave none. */
export const chanceOf = ({ now = Date.now, random = Math.random }: SimulationOptions): Chance => ({ now, random });

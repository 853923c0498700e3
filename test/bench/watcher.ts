import { setTimeout } from 'node:timers/promises';
import type { Seen } from './systems.ts';

/** Between the end of one look and the next, in milliseconds: how exact an end-to-end latency is. */
export const lookEveryMs = 3;

const patienceMs = 30_000;

interface Awaited {
  readonly id: string;
  readonly phone: string;
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Waits until a system shows a customer's phone number. It looks only while somebody waits, and one look serves all:
 * the simulated systems share our process, and looking must not slow them down.
 */
export class Watcher {
  #waiting: Awaited[] = [];
  #isLooking = false;
  readonly #read: () => Promise<Map<string, Seen>>;

  constructor(read: () => Promise<Map<string, Seen>>) {
    this.#read = read;
  }

  /** @throws {Error} where it is not there within 30 s, or the system can't be read. */
  sees(id: string, phone: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ id, phone, deadline: performance.now() + patienceMs, resolve, reject });
    void this.#look();
    return promise;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#waiting.length > 0) {
        this.#settle(await this.#read());
        await setTimeout(lookEveryMs);
      }
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    } finally {
      this.#isLooking = false;
    }
  }

  #settle(seen: ReadonlyMap<string, Seen>): void {
    this.#waiting = this.#waiting.filter(({ id, phone, deadline, resolve, reject }) => {
      if (seen.get(id)?.phone === phone) resolve();
      else if (performance.now() < deadline) return true;
      else reject(new Error(`The change of ${id} did not arrive within ${patienceMs / 1000} s.`));
      return false;
    });
  }
}

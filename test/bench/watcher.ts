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
  readonly reject: (error: Error) => void;
}

/** Waits until a system shows a value; all that wait are served by one look. */
export interface Watcher {
  /** @throws {Error} where the value is not there within 30 s, or the system can't be read. */
  sees(id: string, phone: string): Promise<void>;
}

/** Looks at a system only while somebody waits. */
export function createWatcher(read: () => Promise<Map<string, Seen>>): Watcher {
  let waiting: Awaited[] = [];
  let isLooking = false;

  async function look(): Promise<void> {
    while (waiting.length > 0) {
      const seen = await read();
      const isThere = ({ id, phone }: Awaited) => seen.get(id)?.phone === phone;
      for (const each of waiting) {
        if (isThere(each)) each.resolve();
        else if (performance.now() > each.deadline) each.reject(new Error(`Not within 30 s: ${each.id}.`));
      }
      waiting = waiting.filter((each) => !isThere(each) && performance.now() <= each.deadline);
      await setTimeout(lookEveryMs);
    }
  }

  return {
    sees(id, phone) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ id, phone, deadline: performance.now() + patienceMs, resolve, reject });
      if (!isLooking) {
        isLooking = true;
        look()
          .catch((error: Error) => {
            for (const each of waiting) each.reject(error);
            waiting = [];
          })
          .finally(() => {
            isLooking = false;
          });
      }
      return promise;
    },
  };
}

import { onTestFinished, vi } from 'vitest';

/** A clock of the test's own, which `Date.now` follows, since Powertools reads that. It stands still until it is moved. */
export function ownClock(start = '2026-11-20T08:00:00.000Z') {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(start) });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return {
    now: () => Date.now(),
    advance: (ms: number) => {
      vi.setSystemTime(Date.now() + ms);
    },
  };
}

export type Clock = ReturnType<typeof ownClock>;

/** Resolves when all that can go on has gone on, where everything lives in memory and nothing waits for I/O. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

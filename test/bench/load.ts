/** So many times, so many of them at once. */
export interface Load {
  readonly concurrency: number;
  readonly count: number;
}

export interface Measured extends Load {
  readonly latenciesMs: readonly number[];
  /** Of the whole measurement. */
  readonly seconds: number;
}

export interface LoadOptions extends Load {
  readonly signal: AbortSignal;
  /** Told how far it is: `57 of 200`. */
  readonly say: (progress: string) => void;
}

/**
 * Does a task again and again, timing each. A closed loop: every one of `concurrency` workers starts its next when its
 * last is done. The task gets the number of its worker, from 0.
 * @throws what the task throws first, or why the signal was aborted.
 */
export async function measure(options: LoadOptions, task: (worker: number) => Promise<void>): Promise<Measured> {
  const { concurrency, count, signal, say } = options;
  const latenciesMs: number[] = [];
  let started = 0;
  const work = async (worker: number) => {
    while (started < count) {
      signal.throwIfAborted();
      started += 1;
      const before = performance.now();
      await task(worker);
      latenciesMs.push(performance.now() - before);
      say(`${latenciesMs.length} of ${count}`);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, (_, worker) => work(worker)));
  return { concurrency, count, latenciesMs, seconds: (performance.now() - start) / 1000 };
}

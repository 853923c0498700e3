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

/** Opens the connections, and starts as many functions as are to run at once; for each worker. */
const warmUps = 4;

/**
 * Does a task again and again, timing each. A closed loop: every one of `concurrency` workers starts its next when its
 * last is done. The task gets the number of its worker, from 0.
 * @throws what the task throws first, or why the signal was aborted.
 */
export async function measure(options: LoadOptions, task: (worker: number) => Promise<void>): Promise<Measured> {
  const { concurrency, count, say } = options;
  const latenciesMs: number[] = [];
  await repeat({ ...options, count: warmUps * concurrency }, task);
  const start = performance.now();
  await repeat(options, async (worker) => {
    const before = performance.now();
    await task(worker);
    latenciesMs.push(performance.now() - before);
    say(`${latenciesMs.length} of ${count}`);
  });
  return { concurrency, count, latenciesMs, seconds: (performance.now() - start) / 1000 };
}

async function repeat(
  { concurrency, count, signal }: LoadOptions,
  task: (worker: number) => Promise<void>,
): Promise<void> {
  let started = 0;
  const work = async (worker: number) => {
    while (started < count) {
      signal.throwIfAborted();
      started += 1;
      await task(worker);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, worker) => work(worker)));
}

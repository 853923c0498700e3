interface Timer {
  readonly atMs: number;
  /** Of timers at one instant the one that was set first is first. */
  readonly nth: number;
  readonly fire: () => void;
}

/**
 * A virtual clock. Time moves only when nothing more can happen at the present instant, and then to the next timer: a
 * month passes in milliseconds, and the same run takes the same turns every time.
 */
export class Scheduler {
  #nowMs: number;
  #set = 0;
  readonly #heap: Timer[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, fire: () => void): void {
    this.#set += 1;
    this.#push({ atMs: Math.max(atMs, this.#nowMs), nth: this.#set, fire });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#nowMs + ms, resolve));
  }

  /** Runs until `isDone`, no timer is left, or the clock would pass `untilMs`; answers whether it is done. */
  async run(isDone: () => boolean, untilMs: number): Promise<boolean> {
    for (;;) {
      await promisesSettled();
      if (isDone()) return true;
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) return false;
      this.#pop();
      this.#nowMs = next.atMs;
      next.fire();
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent]!, timer)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(last, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.nth < other.nth);
}

/** Node runs a tick only when no promise has anything left to do. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

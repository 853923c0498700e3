import type { DeliveryQueue } from '../../../../functions/contract/delivery.ts';
import type { ReleaseQueue } from '../../../../functions/contract/parked.ts';
import { Killed } from './event-source-mapping.ts';
import { HeldParkedStore, type MemoryParkedStore } from './parked-store.ts';
import { MemoryPersistence, MemoryTable, type Step } from './state-table.ts';

/** What outlives containers. */
interface World {
  readonly table: MemoryTable;
  readonly queue: DeliveryQueue;
  readonly parked: MemoryParkedStore;
  readonly releases: ReleaseQueue;
}

/** One container of a function, which can be killed: what runs in it never goes on, and does nothing outside any more. */
export class Container {
  readonly #death = Promise.withResolvers<never>();
  #alive = true;

  constructor() {
    // Nobody may be waiting.
    this.#death.promise.catch(() => {});
  }

  kill(): Promise<never> {
    this.#alive = false;
    this.#death.reject(new Killed());
    return new Promise(() => {});
  }

  /** What an invocation comes to, or `Killed`. */
  live<Answer>(invocation: Promise<Answer>): Promise<Answer> {
    return Promise.race([invocation, this.#death.promise]);
  }

  /** The world outside, as far as this container reaches it. */
  hold({ table, queue, parked, releases }: World) {
    const reach: Reach = (work) => this.#reach(work);
    const mine = new HeldTable(table, reach);
    const persistence = new MemoryPersistence(mine);
    const held: DeliveryQueue = {
      handBack: (...what) => this.#reach(() => queue.handBack(...what)),
      settle: (...what) => this.#reach(() => queue.settle(...what)),
      sendDeadLetter: (...what) => this.#reach(() => queue.sendDeadLetter(...what)),
    };
    const heldReleases: ReleaseQueue = { release: (...what) => this.#reach(() => releases.release(...what)) };
    return {
      table: mine,
      persistence,
      queue: held,
      parked: new HeldParkedStore(parked, reach),
      releases: heldReleases,
    };
  }

  async #reach<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.#alive) return new Promise(() => {});
    try {
      return await work();
    } finally {
      // Killed meanwhile: what was asked is done, and nobody is there to hear of it.
      if (!this.#alive) await new Promise(() => {});
    }
  }
}

type Reach = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** The shared table within one container's reach. */
class HeldTable extends MemoryTable {
  override readonly rows: MemoryTable['rows'];
  readonly #shared: MemoryTable;
  readonly #reach: Reach;

  constructor(shared: MemoryTable, reach: Reach) {
    super();
    this.rows = shared.rows;
    this.#shared = shared;
    this.#reach = reach;
  }

  override run<Result>(step: Step, keys: readonly string[], apply: () => Result): Promise<Result> {
    return this.#reach(() => this.#shared.run(step, keys, apply));
  }
}

import type { Trace } from '../trace.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** How our own side misbehaves: shares of awaits. */
export interface OwnTrouble {
  /** Of all awaits, those at which the container dies. */
  readonly crashes: number;
  /** Of calls to DynamoDB, SQS and Secrets Manager, those that fail. */
  readonly faults: number;
}

interface ContainerWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  trouble(): OwnTrouble;
}

/**
 * One container of the function. Everything that it does outside goes through `reach`, so that it can die at any await:
 * what it asked for is done, but it never hears of it, and nothing of it ever goes on.
 */
export class Container {
  readonly id: number;
  /** By how much its clock is ahead, in milliseconds. */
  readonly skewMs: number;
  readonly #death = Promise.withResolvers<'died'>();
  readonly #world: ContainerWorld;
  /** A batch that is spared: no bad luck strikes it any more. */
  isSpared = false;
  #alive = true;

  constructor(id: number, skewMs: number, world: ContainerWorld) {
    this.id = id;
    this.skewMs = skewMs;
    this.#world = world;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** Settles when it dies. */
  get death(): Promise<'died'> {
    return this.#death.promise;
  }

  readonly now = (): number => this.#world.scheduler.nowMs + this.skewMs;

  die(why: string, during: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#world.trace.add({ kind: 'crashed', container: this.id, why, during });
    this.#death.resolve('died');
  }

  /** Does something outside; never answers once the container is dead. */
  async reach<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
    this.#mayCrash(what);
    if (!this.#alive) return never();
    try {
      return await act();
    } finally {
      this.#mayCrash(what);
      if (!this.#alive) await never();
    }
  }

  /** A call to one of our own services: quick, done at one instant, and now and then failing before or after that. */
  service<Result>(what: string, act: () => Result): Promise<Result> {
    return this.reach(what, async () => {
      const { scheduler, random, trace, trouble } = this.#world;
      const fails =
        !this.isSpared && random.chance(trouble().faults) ? random.pick(['before', 'after'] as const) : undefined;
      await scheduler.sleep(random.between(1, 6));
      if (fails === 'before') this.#fail(what, trace);
      const result = act();
      await scheduler.sleep(random.between(1, 6));
      if (fails === 'after') this.#fail(`${what} (done)`, trace);
      return result;
    });
  }

  #fail(what: string, trace: Trace): never {
    trace.add({ kind: 'our-fault', what, container: this.id });
    throw Object.assign(new Error('throttled'), { name: 'ProvisionedThroughputExceededException' });
  }

  #mayCrash(during: string): void {
    const { random, trouble } = this.#world;
    if (this.#alive && !this.isSpared && random.chance(trouble().crashes)) this.die('crash', during);
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}

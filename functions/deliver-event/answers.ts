import type { HealthStore } from '../contract/health.ts';
import type { Telemetry } from '../contract/telemetry.ts';

/** Successes are noted this often, in milliseconds: the good path must hardly write. */
const noteEveryMs = 10_000;

/**
 * What operations answer lately, to all containers: so that an event that fails can be told from a system that does.
 * Failures are always noted; successes at most once per ten seconds, container and operation.
 */
export class Answers {
  readonly #health: HealthStore;
  readonly #now: () => number;
  readonly #telemetry: Telemetry;
  readonly #succeeded = new Map<string, number>();

  constructor(health: HealthStore, now: () => number, telemetry: Telemetry) {
    this.#health = health;
    this.#now = now;
    this.#telemetry = telemetry;
  }

  /** Never fails: what was answered stands, whether or not it could be noted. */
  async note(operation: string, key: string, ok: boolean): Promise<void> {
    const atMs = this.#now();
    if (ok && atMs - (this.#succeeded.get(operation) ?? Number.NEGATIVE_INFINITY) < noteEveryMs) return;
    if (ok) this.#succeeded.set(operation, atMs);
    try {
      await this.#health.noteAnswer(operation, { key, ok, atMs });
    } catch (error) {
      this.#succeeded.delete(operation);
      this.#telemetry.warn('answer not noted', { operation }, error);
    }
  }

  /** The next success is noted whenever it comes: something is waiting for one. */
  awaitSuccess(operation: string): void {
    this.#succeeded.delete(operation);
  }

  /** Whether the last answer that records other than `key` got was a success; undefined where there were none. */
  async othersSucceed(operation: string, key: string): Promise<boolean | undefined> {
    return (await this.#health.readAnswers(operation)).find((answer) => answer.key !== key)?.ok;
  }

  /** The last success of a record other than `key`, Unix milliseconds; of any record where none is named. */
  async lastSuccessMs(operation: string, key?: string): Promise<number | undefined> {
    const answers = await this.#health.readAnswers(operation);
    return answers.find((answer) => answer.ok && answer.key !== key)?.atMs;
  }
}

/** Where a flow's completed deliveries are noted. */
export function completions(flow: string): string {
  return `${flow}:completed`;
}

import type { ParkedEvent, ParkedMessage, ParkedStore } from '../../../functions/contract/parked.ts';
import { isSettled } from '../../../functions/contract/parked.ts';
import { MemoryParkedStore, type ParkedCall } from '../../functions/deliver-event/support/parked-store.ts';
import type { Trace } from '../trace.ts';
import type { Container } from './container.ts';
import type { People } from './people.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** An index of DynamoDB's follows its table after so long, in milliseconds. */
const lagMs = [10, 2_000] as const;

export interface ParkedParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly people: Pick<People, 'recordOf'>;
}

/** The parked table with its index, which lags behind. */
export class ParkedTable {
  readonly store = new MemoryParkedStore();
  readonly #index = new Map<string, ParkedMessage>();
  readonly #parts: ParkedParts;

  constructor(parts: ParkedParts) {
    this.#parts = parts;
  }

  /** What is unsettled now, as nobody outside can see it. */
  open(): ParkedMessage[] {
    return this.store.all().filter(({ status }) => !isSettled(status));
  }

  /** As one container or process reaches it. */
  reachedBy(container: Container): ParkedStore {
    return new ReachedStore(this, container);
  }

  /** What the index shows. */
  indexed(flow: string): ParkedEvent[] {
    const open = [...this.#index.values()].filter((item) => item.flow === flow && !isSettled(item.status));
    return open.toSorted((one, other) => one.parkedMs - other.parkedMs).map(({ body: _, ...event }) => event);
  }

  /** Applies one call, and tells of what it changed. */
  apply<Result>({ flow, eventId }: ParkedCall, apply: () => Result): Result {
    const { scheduler, random, trace, people } = this.#parts;
    const item = () => this.store.all().find((known) => known.flow === flow && known.eventId === eventId);
    const before = item();
    const result = apply();
    const after = item();
    if (after === undefined || after === before) return result;
    const { generation, status } = after;
    const record = people.recordOf(eventId);
    trace.add({ kind: 'parked', event: eventId, record, generation, status, from: before?.status });
    const follow = () => this.#index.set(eventId, item() ?? after);
    scheduler.at(scheduler.nowMs + random.between(...lagMs), follow);
    return result;
  }
}

class ReachedStore extends MemoryParkedStore {
  override readonly items: MemoryParkedStore['items'];
  readonly #table: ParkedTable;
  readonly #container: Container;

  constructor(table: ParkedTable, container: Container) {
    super();
    this.items = table.store.items;
    this.#table = table;
    this.#container = container;
  }

  override run<Result>(call: ParkedCall, apply: () => Result): Promise<Result> {
    return this.#container.service(`parked ${call.step}`, () => this.#table.apply(call, apply));
  }

  override unsettled(flow: string): Promise<readonly ParkedEvent[]> {
    return this.run({ step: 'unsettled', flow, eventId: '' }, () => this.#table.indexed(flow));
  }
}

import {
  isSettled,
  type ParkedEvent,
  type ParkedMessage,
  type ParkedStep,
  type ParkedStore,
} from '../../../../functions/contract/parked.ts';

/** What is asked of the parked table. */
export interface ParkedCall {
  readonly step: keyof ParkedStore;
  readonly flow: string;
  readonly eventId: string;
}

type Interceptor = (call: ParkedCall) => void | Promise<void>;

type Kept = ParkedMessage & { readonly expiresAtMs?: number };

const dayMs = 24 * 60 * 60 * 1000;
const erasedLetter = {
  reason: 'erased',
  category: 'erased',
  attempts: 0,
  lastErrorCode: 'erased',
  correlationId: 'none',
  firstSeen: new Date(0).toISOString(),
};

/**
 * The parked table in memory, with the conditions that functions/aws/parked-table.ts sends. Every call is applied at one
 * instant; what an interceptor throws `before` means that it was not done, `after` that its answer was lost.
 */
export class MemoryParkedStore implements ParkedStore {
  readonly items = new Map<string, Kept>();
  readonly before: Interceptor[] = [];
  readonly after: Interceptor[] = [];

  async run<Result>(call: ParkedCall, apply: () => Result): Promise<Result> {
    for (const interceptor of this.before) await interceptor(call);
    const result = apply();
    for (const interceptor of this.after) await interceptor(call);
    return result;
  }

  /** Every item, for a test to look at. */
  all(): readonly ParkedMessage[] {
    return [...this.items.values()];
  }

  read(flow: string, eventId: string): Promise<ParkedMessage | undefined> {
    return this.run({ step: 'read', flow, eventId }, () => this.#get(flow, eventId));
  }

  look(flow: string, eventId: string): Promise<ParkedEvent | undefined> {
    return this.run({ step: 'look', flow, eventId }, () => this.#of(flow).find((event) => event.eventId === eventId));
  }

  add(event: ParkedMessage): Promise<boolean> {
    const { flow, eventId } = event;
    return this.run({ step: 'add', flow, eventId }, () => {
      const there = this.#get(flow, eventId);
      if (there !== undefined && !isReplaceable(there, event)) return false;
      this.items.set(keyOf(flow, eventId), event);
      return true;
    });
  }

  move({ flow, eventId, generation }: Pick<ParkedEvent, 'flow' | 'eventId' | 'generation'>, step: ParkedStep) {
    return this.run({ step: 'move', flow, eventId }, () => {
      const there = this.#get(flow, eventId);
      if (there === undefined || there.generation !== generation || !step.from.includes(there.status)) return false;
      const { to: status, atMs: settledMs, note } = step;
      const settled = { body: undefined, settledMs, note, expiresAtMs: settledMs + 90 * dayMs };
      this.items.set(keyOf(flow, eventId), { ...there, status, ...(isSettled(status) ? settled : {}) });
      return true;
    });
  }

  unsettled(flow: string): Promise<readonly ParkedEvent[]> {
    return this.run({ step: 'unsettled', flow, eventId: '' }, () =>
      this.#of(flow)
        .filter(({ status }) => !isSettled(status))
        .toSorted((one, other) => one.parkedMs - other.parkedMs),
    );
  }

  countUnsettled(flow: string): Promise<number> {
    return this.run(
      { step: 'countUnsettled', flow, eventId: '' },
      () => this.#of(flow).filter(({ status }) => !isSettled(status) && status !== 'waiting').length,
    );
  }

  ofKey(flow: string, subject: string): Promise<readonly ParkedEvent[]> {
    return this.run({ step: 'ofKey', flow, eventId: '' }, () =>
      this.#of(flow).filter((event) => event.subject === subject),
    );
  }

  erase(flow: string, eventId: string): Promise<void> {
    return this.run({ step: 'erase', flow, eventId }, () => {
      const { generation = 0, parkedMs = 0 } = this.#get(flow, eventId) ?? {};
      this.items.set(keyOf(flow, eventId), {
        flow,
        eventId,
        generation,
        parkedMs,
        status: 'erased',
        groupId: '',
        subject: undefined,
        eventType: undefined,
        letter: erasedLetter,
        settledMs: Date.now(),
        note: undefined,
        body: undefined,
        expiresAtMs: Date.now() + 30 * dayMs,
      });
    });
  }

  #get(flow: string, eventId: string): ParkedMessage | undefined {
    return this.items.get(keyOf(flow, eventId));
  }

  /** Without their bodies, as an index shows them. */
  #of(flow: string): ParkedEvent[] {
    return [...this.items.values()]
      .filter((event) => event.flow === flow)
      .map(({ body: _, expiresAtMs: __, ...event }) => event);
  }
}

function isReplaceable(there: ParkedMessage, event: ParkedMessage): boolean {
  if (there.status === 'discarded' || there.status === 'erased') return false;
  return isSettled(there.status) ? (there.settledMs ?? 0) < event.parkedMs : there.generation < event.generation;
}

function keyOf(flow: string, eventId: string): string {
  return JSON.stringify([flow, eventId]);
}

/** One container's reach of the shared table. */
export class HeldParkedStore extends MemoryParkedStore {
  override readonly items: MemoryParkedStore['items'];
  readonly #shared: MemoryParkedStore;
  readonly #reach: <Result>(work: () => Promise<Result>) => Promise<Result>;

  constructor(shared: MemoryParkedStore, reach: <Result>(work: () => Promise<Result>) => Promise<Result>) {
    super();
    this.items = shared.items;
    this.#shared = shared;
    this.#reach = reach;
  }

  override run<Result>(call: ParkedCall, apply: () => Result): Promise<Result> {
    return this.#reach(() => this.#shared.run(call, apply));
  }
}

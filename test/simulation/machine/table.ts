import type { ParkList } from '../../../functions/contract/parked.ts';
import { MemoryPersistence, MemoryTable, type Step } from '../../functions/deliver-event/support/state-table.ts';
import type { Trace } from '../trace.ts';
import type { Container } from './container.ts';
import type { People } from './people.ts';

/** The shared state table, as one container reaches it. */
class ReachedTable extends MemoryTable {
  override readonly rows: MemoryTable['rows'];
  readonly #container: Container;
  readonly #trace: Trace;
  readonly #people: Subjects;

  constructor(shared: MemoryTable, container: Container, trace: Trace, people: Subjects) {
    super();
    this.rows = shared.rows;
    this.#container = container;
    this.#trace = trace;
    this.#people = people;
  }

  override run<Result>(step: Step, keys: readonly string[], apply: () => Result): Promise<Result> {
    const [key = ''] = keys;
    const what = `${step} ${kindOf(key)}`;
    if (step === 'replace' && key.startsWith('breaker:')) {
      return this.#container.service(what, () => this.#told(key, apply));
    }
    if (step !== 'replace') return this.#container.service(what, apply);
    return this.#container.service(what, () => {
      const result = apply();
      if (result) this.#tell(key);
      return result;
    });
  }

  /** Tells of a switch that was thrown, a list of parked events, and a version that was claimed. */
  #tell(key: string): void {
    const content = contentOf(this.rows, key) ?? {};
    const record = this.#people.recordOfSubject(nameIn(key));
    if (key.startsWith('hold:')) {
      const { reason } = content;
      this.#trace.add({ kind: 'held', flow: nameIn(key), reason: typeof reason === 'string' ? reason : undefined });
    } else if (key.startsWith('parked:')) {
      const { events, halts, due } = content as unknown as ParkList;
      this.#trace.add({ kind: 'listed', record, events: events.map(({ eventId }) => eventId), halts, due });
    } else if (key.startsWith('applied:')) {
      this.#trace.add({ kind: 'claimed', record, version: Number(content.version) });
    }
  }

  /** Tells of an opening, a closing, and the lease of a probe. */
  #told<Result>(key: string, apply: () => Result): Result {
    const before = contentOf(this.rows, key)?.state;
    const result = apply();
    const after = contentOf(this.rows, key)?.state;
    if (result && (after === 'open' || after === 'closed')) {
      const probe = before === 'open' && after === 'open';
      this.#trace.add({ kind: 'breaker', system: nameIn(key), state: after, probe });
    }
    return result;
  }
}

type Subjects = Pick<People, 'recordOfSubject'>;

/** The table and Powertools' layer on it, within one container's reach. */
export function reachTable(shared: MemoryTable, container: Container, trace: Trace, people: Subjects) {
  const table = new ReachedTable(shared, container, trace, people);
  return { table, persistence: new MemoryPersistence(table) };
}

/** A key's list of parked events, as it is in the table. */
export interface KeptList {
  readonly record: number;
  readonly events: readonly { readonly eventId: string }[];
  readonly due: boolean;
  /** For ever: DynamoDB forgets the others one day. */
  readonly isKept: boolean;
}

export function keptLists({ rows }: MemoryTable, people: Subjects): KeptList[] {
  const ours = [...rows].filter(([key]) => key.startsWith('parked:'));
  return ours.map(([key, { value = '{}', expiresAt }]) => ({
    record: people.recordOfSubject(nameIn(key)),
    ...(JSON.parse(value) as Pick<KeptList, 'events' | 'due'>),
    isKept: expiresAt === undefined,
  }));
}

function contentOf(rows: MemoryTable['rows'], key: string): Record<string, unknown> | undefined {
  const text = rows.get(key)?.value;
  return text === undefined ? undefined : JSON.parse(text);
}

function nameIn(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}

/** The first word of a key: `history`, `breaker`, `event`. */
function kindOf(key: string): string {
  return key.slice(0, key.indexOf(':'));
}

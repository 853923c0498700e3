import { MemoryPersistence, MemoryTable, type Step } from '../../functions/deliver-event/support/state-table.ts';
import type { Trace } from '../trace.ts';
import type { Container } from './container.ts';

/** The shared state table, as one container reaches it. */
class ReachedTable extends MemoryTable {
  override readonly rows: MemoryTable['rows'];
  readonly #container: Container;
  readonly #trace: Trace;

  constructor(shared: MemoryTable, container: Container, trace: Trace) {
    super();
    this.rows = shared.rows;
    this.#container = container;
    this.#trace = trace;
  }

  override run<Result>(step: Step, keys: readonly string[], apply: () => Result): Promise<Result> {
    const [key = ''] = keys;
    const what = `${step} ${kindOf(key)}`;
    if (step === 'replace' && key.startsWith('breaker:')) {
      return this.#container.service(what, () => this.#told(key, apply));
    }
    if (step === 'put' && key.startsWith('hold:')) {
      return this.#container.service(what, () => {
        const result = apply();
        const reason = contentOf(this.rows, key)?.reason;
        this.#trace.add({ kind: 'held', flow: nameIn(key), reason: typeof reason === 'string' ? reason : undefined });
        return result;
      });
    }
    return this.#container.service(what, apply);
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

/** The table and Powertools' layer on it, within one container's reach. */
export function reachTable(shared: MemoryTable, container: Container, trace: Trace) {
  const table = new ReachedTable(shared, container, trace);
  return { table, persistence: new MemoryPersistence(table) };
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

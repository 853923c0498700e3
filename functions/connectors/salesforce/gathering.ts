import type { CallContext } from '../connector.ts';

/**
 * Longest that one waits for company, in milliseconds. Most calls to Salesforce take about as long; one that hangs must
 * not hold up others.
 */
const longestWaitMs = 200;

/** How calls of one sort are put together. */
export interface Gathering<Item, Value> {
  /** Most items of one call; with 1 each has a call of its own. */
  readonly most: number;
  /** Items of one kind can share a call. */
  kindOf(item: Item): string;
  /** No call has two items of one record: Salesforce refuses both. */
  recordOf(item: Item): string;
  /** One call for all. Answers for each in its place; undefined: it needs a call of its own after all. */
  share(items: readonly Item[]): Promise<readonly (Value | undefined)[]>;
  /** A call for one. */
  alone(item: Item): Promise<Value>;
  sleep(ms: number): Promise<void>;
}

/** What waits to go together. */
interface Company<Item, Value> {
  readonly kind: string;
  readonly seats: Map<string, Seat<Item, Value>>;
}

interface Seat<Item, Value> {
  readonly item: Item;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Puts calls together that are asked for at about the same time. Whoever comes while no call of the kind is under way
 * goes at once, alone: a single event waits for nothing. Whoever comes meanwhile waits until that call ends, the company
 * is complete, or the longest wait is over, and goes with all that wait.
 */
export function createGathering<Item extends { readonly context: Pick<CallContext, 'alone'> }, Value>(
  rules: Gathering<Item, Value>,
): (item: Item) => Promise<Value> {
  const underWay = new Map<string, number>();
  const waiting = new Set<Company<Item, Value>>();

  async function call<Result>(kind: string, make: () => Promise<Result>): Promise<Result> {
    underWay.set(kind, (underWay.get(kind) ?? 0) + 1);
    try {
      return await make();
    } finally {
      underWay.set(kind, (underWay.get(kind) ?? 1) - 1);
      for (const company of [...waiting]) if (company.kind === kind) depart(company);
    }
  }

  function depart(company: Company<Item, Value>): void {
    // It has gone before: its call ended what it waited for, or it was complete.
    if (!waiting.delete(company)) return;
    const seats = [...company.seats.values()];
    if (seats.length === 1) {
      for (const { resolve } of seats) resolve(undefined);
      return;
    }
    call(company.kind, () => rules.share(seats.map(({ item }) => item))).then(
      (values) => {
        for (const [index, { resolve }] of seats.entries()) resolve(values[index]);
      },
      (reason: unknown) => {
        for (const { reject } of seats) reject(reason);
      },
    );
  }

  function companyWithout(record: string, kind: string): Company<Item, Value> {
    const found = [...waiting].find((company) => company.kind === kind && !company.seats.has(record));
    if (found !== undefined) return found;
    const company = { kind, seats: new Map<string, Seat<Item, Value>>() };
    waiting.add(company);
    void rules.sleep(longestWaitMs).then(() => depart(company));
    return company;
  }

  function join(item: Item, kind: string): Promise<Value | undefined> {
    const record = rules.recordOf(item);
    const company = companyWithout(record, kind);
    return new Promise((resolve, reject) => {
      company.seats.set(record, { item, resolve, reject });
      if (company.seats.size >= rules.most) depart(company);
    });
  }

  return async (item) => {
    if (rules.most < 2 || item.context.alone) return rules.alone(item);
    const kind = rules.kindOf(item);
    const told = (underWay.get(kind) ?? 0) > 0 ? await join(item, kind) : undefined;
    return told ?? call(kind, () => rules.alone(item));
  };
}

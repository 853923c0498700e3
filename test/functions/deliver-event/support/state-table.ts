import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  IdempotencyRecordStatus,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Expected, StateItem, StateTable } from '../../../../functions/contract/state-table.ts';

/** What is asked of the table: our own calls, and Powertools' (`lock` = put, `complete` = update, `unlock` = delete). */
export type Step = 'get' | 'getMany' | 'put' | 'putMany' | 'replace' | 'remove' | 'lock' | 'complete' | 'unlock';

export interface TableCall {
  readonly step: Step;
  readonly keys: readonly string[];
}

/** Attributes of one item, ours or Powertools'. */
export interface Row {
  /** JSON. */
  readonly value?: string;
  readonly generation?: number;
  /** Unix seconds; DynamoDB forgets the item some time after that. */
  readonly expiresAt?: number | undefined;
  readonly status?: (typeof IdempotencyRecordStatus)[keyof typeof IdempotencyRecordStatus];
  readonly inProgressExpiresAtMs?: number | undefined;
  readonly data?: unknown;
}

type Interceptor = (call: TableCall) => void | Promise<void>;

/**
 * The state table in memory: it outlives the containers that use it. Every call is applied at one instant; what an
 * interceptor throws `before` means that it was not done, `after` that it was done and the answer was lost.
 */
export class MemoryTable implements StateTable {
  readonly rows = new Map<string, Row>();
  readonly calls: TableCall[] = [];
  readonly before: Interceptor[] = [];
  readonly after: Interceptor[] = [];
  /** Steps that DynamoDB refuses at present. */
  readonly failing = new Set<Step>();

  async run<Result>(step: Step, keys: readonly string[], apply: () => Result): Promise<Result> {
    const call = { step, keys };
    this.calls.push(call);
    for (const interceptor of this.before) await interceptor(call);
    if (this.failing.has(step)) throw throttled();
    const result = apply();
    for (const interceptor of this.after) await interceptor(call);
    return result;
  }

  get(key: string): Promise<StateItem | undefined> {
    return this.run('get', [key], () => toItem(key, this.rows.get(key)));
  }

  async getMany(keys: readonly string[]): Promise<readonly StateItem[]> {
    if (keys.length === 0) return [];
    if (new Set(keys).size < keys.length) throw new Error('ValidationException: item keys contain duplicates');
    return this.run('getMany', keys, () => keys.flatMap((key) => toItem(key, this.rows.get(key)) ?? []));
  }

  put(key: string, value: unknown, keptSeconds?: number): Promise<void> {
    return this.run('put', [key], () => this.#set(key, value, 0, keptSeconds));
  }

  async putMany(items: ReadonlyMap<string, unknown>, keptSeconds: number): Promise<void> {
    if (items.size === 0) return;
    await this.run('putMany', [...items.keys()], () => {
      for (const [key, value] of items) this.#set(key, value, 0, keptSeconds);
    });
  }

  replace(key: string, expected: Expected, value: unknown, keptSeconds?: number): Promise<boolean> {
    return this.run('replace', [key], () => {
      const row = this.rows.get(key);
      const isAsExpected = expected === 'absent' ? row === undefined : row?.generation === expected;
      if (isAsExpected) this.#set(key, value, expected === 'absent' ? 1 : expected + 1, keptSeconds);
      return isAsExpected;
    });
  }

  remove(key: string, generation: number): Promise<void> {
    return this.run('remove', [key], () => {
      if (this.rows.get(key)?.generation === generation) this.rows.delete(key);
    });
  }

  /** What DynamoDB's TTL does at its leisure: forgets the items that have expired. */
  sweep(nowMs: number): void {
    for (const [key, { expiresAt }] of this.rows) {
      if (expiresAt !== undefined && expiresAt * 1000 < nowMs) this.rows.delete(key);
    }
  }

  /** Values of ours whose key begins so, by the rest of their key. */
  valuesOf(prefix: string): Record<string, unknown> {
    const ours = [...this.rows].filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(ours.map(([key, { value }]) => [key.slice(prefix.length), JSON.parse(value ?? 'null')]));
  }

  /** The idempotency records, by their key. */
  locks(): Map<string, Row> {
    return new Map([...this.rows].filter(([, { status }]) => status !== undefined));
  }

  #set(key: string, value: unknown, generation: number, keptSeconds?: number): void {
    const expiresAt = keptSeconds === undefined ? undefined : Math.floor(Date.now() / 1000) + keptSeconds;
    this.rows.set(key, { value: JSON.stringify(value), generation, expiresAt });
  }
}

function throttled(): Error {
  const error = new Error('The request was throttled for ada@example.com');
  return Object.assign(error, { name: 'ProvisionedThroughputExceededException' });
}

function toItem(key: string, row: Row | undefined): StateItem | undefined {
  return row && { key, value: JSON.parse(row.value ?? 'null'), generation: row.generation ?? 0 };
}

/** The conditional writes of Powertools' DynamoDBPersistenceLayer 2.35.0, on a table in memory. */
export class MemoryPersistence extends BasePersistenceLayer {
  readonly #table: Pick<MemoryTable, 'rows' | 'run'>;

  constructor(table: Pick<MemoryTable, 'rows' | 'run'>) {
    super();
    this.#table = table;
  }

  protected _putRecord(record: IdempotencyRecord): Promise<void> {
    const { idempotencyKey, expiryTimestamp, inProgressExpiryTimestamp } = record;
    const { rows } = this.#table;
    return this.#table.run('lock', [idempotencyKey], () => {
      const row = rows.get(idempotencyKey);
      if (row !== undefined && !isFree(row))
        throw new IdempotencyItemAlreadyExistsError('exists', toRecord(idempotencyKey, row));
      const status = record.getStatus();
      rows.set(idempotencyKey, {
        status,
        expiresAt: expiryTimestamp,
        inProgressExpiresAtMs: inProgressExpiryTimestamp,
      });
    });
  }

  /** Unconditional, as Powertools' is: whoever comes last wins. */
  protected _updateRecord(record: IdempotencyRecord): Promise<void> {
    const { idempotencyKey, expiryTimestamp, responseData } = record;
    const { rows } = this.#table;
    return this.#table.run('complete', [idempotencyKey], () => {
      const data: unknown = structuredClone(responseData);
      const changed = { status: record.getStatus(), expiresAt: expiryTimestamp, data };
      rows.set(idempotencyKey, { ...rows.get(idempotencyKey), ...changed });
    });
  }

  protected _deleteRecord({ idempotencyKey }: IdempotencyRecord): Promise<void> {
    return this.#table.run('unlock', [idempotencyKey], () => void this.#table.rows.delete(idempotencyKey));
  }

  protected _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    return this.#table.run('get', [idempotencyKey], () => {
      const row = this.#table.rows.get(idempotencyKey);
      if (row === undefined) throw new IdempotencyItemNotFoundError();
      return toRecord(idempotencyKey, row);
    });
  }
}

/** A comparison with an attribute that an item lacks is false in DynamoDB. */
function isFree({ expiresAt, status, inProgressExpiresAtMs }: Row): boolean {
  const now = Date.now();
  if (expiresAt !== undefined && expiresAt < now / 1000) return true;
  return (
    status === IdempotencyRecordStatus.INPROGRESS && inProgressExpiresAtMs !== undefined && inProgressExpiresAtMs < now
  );
}

function toRecord(idempotencyKey: string, row: Row): IdempotencyRecord {
  const { status, expiresAt: expiryTimestamp, inProgressExpiresAtMs: inProgressExpiryTimestamp, data } = row;
  const kept = { idempotencyKey, status, expiryTimestamp, inProgressExpiryTimestamp, responseData: data };
  return new IdempotencyRecord(kept as ConstructorParameters<typeof IdempotencyRecord>[0]);
}

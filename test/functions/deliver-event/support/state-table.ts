import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  IdempotencyRecordStatus,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Tally, TallyStore } from '../../../../functions/contract/delivery.ts';

type Step = 'put' | 'update' | 'delete' | 'tally';

interface Item {
  readonly status: (typeof IdempotencyRecordStatus)[keyof typeof IdempotencyRecordStatus];
  readonly expiryTimestamp: number | undefined;
  readonly inProgressExpiryTimestamp: number | undefined;
  readonly responseData: unknown;
}

/** The state table in memory: it outlives the functions that use it. `failing`: calls that DynamoDB refuses. */
export class StateTable {
  readonly items = new Map<string, Item>();
  readonly tallies = new Map<string, Tally>();
  readonly failing = new Set<Step>();

  fail(step: Step): void {
    if (!this.failing.has(step)) return;
    const error = new Error('The request was throttled for ada@example.com');
    throw Object.assign(error, { name: 'ProvisionedThroughputExceededException' });
  }
}

/** The conditional writes of Powertools' DynamoDBPersistenceLayer 2.35.0, on a table in memory. */
export class MemoryPersistence extends BasePersistenceLayer {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    super();
    this.#table = table;
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    this.#table.fail('put');
    const existing = this.#table.items.get(record.idempotencyKey);
    const now = Date.now();
    const isFree =
      existing === undefined ||
      (existing.expiryTimestamp ?? Number.POSITIVE_INFINITY) < now / 1000 ||
      (existing.status === IdempotencyRecordStatus.INPROGRESS && (existing.inProgressExpiryTimestamp ?? now) < now);
    if (!isFree) throw new IdempotencyItemAlreadyExistsError('exists', toRecord(record.idempotencyKey, existing));
    this.#table.items.set(record.idempotencyKey, {
      status: record.getStatus(),
      expiryTimestamp: record.expiryTimestamp,
      inProgressExpiryTimestamp: record.inProgressExpiryTimestamp,
      responseData: undefined,
    });
  }

  /** Unconditional, as Powertools' is: whoever comes last wins. */
  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    this.#table.fail('update');
    const { idempotencyKey, expiryTimestamp, inProgressExpiryTimestamp, responseData } = record;
    const kept = this.#table.items.get(idempotencyKey)?.inProgressExpiryTimestamp ?? inProgressExpiryTimestamp;
    const stored = structuredClone(responseData);
    const status = record.getStatus();
    this.#table.items.set(idempotencyKey, {
      status,
      expiryTimestamp,
      inProgressExpiryTimestamp: kept,
      responseData: stored,
    });
  }

  protected async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    this.#table.fail('delete');
    this.#table.items.delete(record.idempotencyKey);
  }

  protected async _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    const item = this.#table.items.get(idempotencyKey);
    if (item === undefined) throw new IdempotencyItemNotFoundError();
    return toRecord(idempotencyKey, item);
  }
}

function toRecord(idempotencyKey: string, item: Item): IdempotencyRecord {
  return new IdempotencyRecord({ idempotencyKey, ...item } as ConstructorParameters<typeof IdempotencyRecord>[0]);
}

/** Counts failures in the same table. */
export function memoryTallies(table: StateTable): TallyStore {
  return {
    async add(key, counter) {
      table.fail('tally');
      const tally = table.tallies.get(key) ?? { attempts: 0, deferrals: 0 };
      const next = { ...tally, [counter]: tally[counter] + 1 };
      table.tallies.set(key, next);
      return next;
    },
  };
}

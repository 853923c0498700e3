import type { Chance } from '../system.ts';
import type { Change } from './change-announcer.ts';
import { notFound, SalesforceApiError } from './errors.ts';
import { type Field, type ObjectType, objectTypeOf } from './object-types.ts';
import { checkValue, type RecordInput } from './record-input.ts';
import { RecordTable, type SObject } from './record-table.ts';

/** How a record is upserted: by which external id, and whether it may be created. */
export interface UpsertKey {
  field: Field;
  value: string;
  updateOnly: boolean;
}

/** All records of the organisation. Whoever writes says as which `origin`, and every real change is announced. */
export class Organization {
  #tables = new Map<string, RecordTable>();
  readonly #chance: Chance;
  #announce: (change: Change) => void;

  constructor(chance: Chance, announce: (change: Change) => void) {
    this.#chance = chance;
    this.#announce = announce;
  }

  table(type: ObjectType): RecordTable {
    const table = this.#tables.get(type.name) ?? new RecordTable(type, this.#chance);
    this.#tables.set(type.name, table);
    return table;
  }

  create(type: ObjectType, input: RecordInput, origin: string | null): SObject {
    this.#checkReferences(type, input);
    const { record, changed } = this.table(type).insert(input);
    this.#announce({ type, changeType: 'CREATE', record, changed, origin });
    return record;
  }

  update(type: ObjectType, id: string, input: RecordInput, origin: string | null): SObject {
    this.#checkReferences(type, input);
    const { record, changed } = this.table(type).update(id, input);
    if (changed.size > 0) this.#announce({ type, changeType: 'UPDATE', record, changed, origin });
    return record;
  }

  delete(type: ObjectType, id: string, origin: string | null): void {
    const record = this.table(type).delete(id);
    this.#announce({ type, changeType: 'DELETE', record, changed: new Map(), origin });
  }

  upsert(
    type: ObjectType,
    { field, value, updateOnly }: UpsertKey,
    input: RecordInput,
    origin: string | null,
  ): { id: string; created: boolean } {
    const key = checkValue(field, value);
    const existing = key === null ? undefined : this.table(type).findByExternalId(field, key);
    if (existing) return { id: this.update(type, existing.Id, input, origin).Id, created: false };
    if (updateOnly || key === null) throw notFound();
    return { id: this.create(type, new Map([...input, [field.name, key]]), origin).Id, created: true };
  }

  /** Does several writes, of which none was made unless `isGood` says so of their results; announces them at the end. */
  allOrNone<Results>(write: () => Results, isGood: (results: Results) => boolean): Results {
    const before = new Map([...this.#tables].map(([name, table]) => [name, table.copy()]));
    const announce = this.#announce;
    const changes: Change[] = [];
    this.#announce = (change) => changes.push(change);
    try {
      const results = write();
      if (isGood(results)) changes.forEach(announce);
      else this.#tables = before;
      return results;
    } finally {
      this.#announce = announce;
    }
  }

  #checkReferences(type: ObjectType, input: RecordInput): void {
    for (const { name, kind } of type.fields) {
      const id = input.get(name);
      if (kind !== 'account' || !id) continue;
      if (this.table(objectTypeOf('Account')).find(id)) continue;
      throw new SalesforceApiError(400, 'INVALID_CROSS_REFERENCE_KEY', `invalid cross reference id: ${id}`, [name]);
    }
  }
}

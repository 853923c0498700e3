import type { Chance } from '../system.ts';
import { notFound, SalesforceApiError } from './errors.ts';
import { newRecordId } from './ids.ts';
import type { Field, ObjectType } from './object-types.ts';
import type { RecordInput } from './record-input.ts';
import { salesforceTime } from './time.ts';

/** A row: every field of its type, system fields included. */
export type SObject = Readonly<Record<string, string | boolean | null>> & { readonly Id: string };

/** A written record, and the fields whose value is now another one. */
export interface Written {
  record: SObject;
  changed: RecordInput;
}

/** The records of one object type. */
export class RecordTable {
  readonly type: ObjectType;
  readonly #records: Map<string, SObject>;
  /** Living records by `field value`, so that a long run stays fast. */
  readonly #idByExternalId: Map<string, string>;
  readonly #chance: Chance;

  constructor(type: ObjectType, chance: Chance, like?: RecordTable) {
    this.type = type;
    this.#chance = chance;
    this.#records = new Map(like ? like.#records : []);
    this.#idByExternalId = new Map(like ? like.#idByExternalId : []);
  }

  /** The table as it is now, whatever becomes of this one. */
  copy(): RecordTable {
    return new RecordTable(this.type, this.#chance, this);
  }

  /** In the order they were created, without deleted ones. */
  living(): SObject[] {
    return [...this.#records.values()].filter(({ IsDeleted }) => !IsDeleted);
  }

  get(id: string): SObject {
    const record = this.#records.get(id);
    if (!record) throw notFound();
    if (record.IsDeleted) throw new SalesforceApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted', []);
    return record;
  }

  /** Undefined where it is deleted or was never there. */
  find(id: string): SObject | undefined {
    const record = this.#records.get(id);
    return record?.IsDeleted ? undefined : record;
  }

  findByExternalId(field: Field, value: string): SObject | undefined {
    return this.#records.get(this.#idByExternalId.get(`${field.name} ${value}`) ?? '');
  }

  insert(input: RecordInput): Written {
    const now = salesforceTime(this.#chance.now());
    const empty = Object.fromEntries(this.type.fields.map(({ name }): [string, null] => [name, null]));
    const record = {
      ...empty,
      ...Object.fromEntries(input),
      Id: newRecordId(this.type.prefix, this.#chance.random),
      IsDeleted: false,
      CreatedDate: now,
      LastModifiedDate: now,
      SystemModstamp: now,
    };
    this.#check(record);
    this.#store(record);
    return { record, changed: new Map([...input].filter(([, value]) => value !== null)) };
  }

  /** An update without any change moves the time stamps all the same, as in Salesforce. */
  update(id: string, input: RecordInput): Written {
    const before = this.get(id);
    const now = salesforceTime(this.#chance.now());
    const record = { ...before, ...Object.fromEntries(input), LastModifiedDate: now, SystemModstamp: now };
    this.#check(record);
    this.#store(record, before);
    return { record, changed: new Map([...input].filter(([name, value]) => before[name] !== value)) };
  }

  delete(id: string): SObject {
    const before = this.get(id);
    const now = salesforceTime(this.#chance.now());
    const record = { ...before, IsDeleted: true, LastModifiedDate: now, SystemModstamp: now };
    this.#store(record, before);
    return record;
  }

  /** The rules that need the whole record, or the others. */
  #check(record: SObject): void {
    const missing = this.type.fields.filter(({ name, isRequired }) => isRequired && record[name] === null);
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name);
      const message = `Required fields are missing: [${names.join(', ')}]`;
      throw new SalesforceApiError(400, 'REQUIRED_FIELD_MISSING', message, names);
    }
    for (const field of this.#externalIds()) {
      const value = record[field.name];
      const twin = typeof value === 'string' ? this.findByExternalId(field, value) : undefined;
      if (!twin || twin.Id === record.Id) continue;
      const message = `duplicate value found: ${field.name} duplicates value on record with id: ${twin.Id.slice(0, 15)}`;
      throw new SalesforceApiError(400, 'DUPLICATE_VALUE', message, []);
    }
  }

  #store(record: SObject, before?: SObject): void {
    this.#records.set(record.Id, record);
    for (const { name } of this.#externalIds()) {
      if (before) this.#idByExternalId.delete(`${name} ${before[name]}`);
      if (record[name] !== null && !record.IsDeleted) this.#idByExternalId.set(`${name} ${record[name]}`, record.Id);
    }
  }

  #externalIds = () => this.type.fields.filter(({ isExternalId }) => isExternalId);
}

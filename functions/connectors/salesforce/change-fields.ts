import { isObject, memberOf } from '../../contract/json-bytes.ts';
import type { FieldValue } from '../../contract/object-type.ts';

/** What a change event tells of a record's fields, by the names that they have in the REST API. */
export interface ChangeFields {
  /** Undefined where the event does not say it by names: of a new record, or undecoded. */
  readonly changedFields: readonly string[] | undefined;
  /** What is known of their values, emptied ones as null. Of an update: of the changed ones only. */
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** The lists of a change event's header. */
export interface FieldLists {
  readonly changedFields: readonly string[];
  readonly nulledFields: readonly string[];
  /** Large texts of which only the difference is sent: what stands in the body is no value. */
  readonly diffFields: readonly string[];
}

/**
 * Reads the body of a change event, in either flavour: a sparse one has only what was changed, without what was emptied;
 * a full one has every field, and null says nothing.
 */
export function changeFieldsOf(body: unknown, isUpdate: boolean, lists: FieldLists): ChangeFields {
  const told = flatten(body, new Set(lists.diffFields.map(restName)));
  if (!isUpdate) return { changedFields: undefined, fields: Object.fromEntries(told) };
  const listed = [...lists.changedFields, ...lists.nulledFields];
  const areNames = lists.changedFields.length > 0 && !listed.some((name) => bitmap.test(name));
  if (!areNames) return { changedFields: undefined, fields: Object.fromEntries([...told].filter(hasValue)) };
  const changed = new Set(listed.flatMap((name) => partNamesOf(body, name) ?? [name]).map(restName));
  const diffed = new Set(lists.diffFields.map(restName));
  const values = [...changed]
    .filter((name) => !diffed.has(name))
    .map((name) => [name, told.get(name) ?? null] as const);
  return { changedFields: [...changed], fields: Object.fromEntries(values) };
}

/** Fields as bits of a schema, as Pub/Sub API sends them: `0x0802`, `4-0x02`. */
const bitmap = /^(\d+-)?0x[0-9A-Fa-f]+$/;

const hasValue = ([, value]: readonly [string, FieldValue]) => value !== null;

/** Every value that stands in the body, under its REST name. */
function flatten(body: unknown, without: ReadonlySet<string>): Map<string, FieldValue> {
  const members = Object.entries(isObject(body) ? body : {}).filter(([name]) => name !== 'ChangeEventHeader');
  const values = members.flatMap(([name, value]) => valuesOf(name, value));
  return new Map(values.filter(([name]) => !without.has(name)));
}

function valuesOf(name: string, value: unknown): (readonly [string, FieldValue])[] {
  if (isField(value)) return [[name, value]];
  return Object.entries(partsOf(value) ?? {}).flatMap(([part, inner]) =>
    isField(inner) ? [[restName(`${name}.${part}`), inner] as const] : [],
  );
}

/** The names of a compound field's parts; undefined of a field that is none, or was not sent as a whole. */
function partNamesOf(body: unknown, name: string): string[] | undefined {
  const parts = partsOf(memberOf(body, name));
  return parts && Object.keys(parts).map((part) => `${name}.${part}`);
}

function isField(value: unknown): value is FieldValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** The parts of a compound field. */
function partsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(value) ? value : undefined;
}

/**
 * The REST API's name of a part of a compound field: `Name.LastName` is `LastName`, `BillingAddress.City` is
 * `BillingCity`, a Lead's `Address.City` is `City`. Custom compound fields keep both names: `Site__c.Latitude`.
 * Source: Change Data Capture Developer Guide, "Get Compound Fields in Change Events".
 */
function restName(name: string): string {
  const [compound = '', part] = name.split('.');
  if (part === undefined) return name;
  if (compound === 'Name') return part;
  return compound.endsWith('Address') ? `${compound.slice(0, -'Address'.length)}${part}` : name;
}

import { SalesforceApiError } from './errors.ts';
import { toId18 } from './ids.ts';
import { type Field, findField, findObjectType, type ObjectType } from './object-types.ts';
import type { Organization } from './organization.ts';
import type { SObject } from './record-table.ts';
import { type Condition, type Name, parseSoql, type SoqlQuery } from './soql-parser.ts';

/** What `/query` answers. Everything comes in one page. */
export interface QueryResult {
  totalSize: number;
  done: true;
  records: object[];
}

/** Runs a query over the records that are not deleted. `versionUrl` is `/services/data/vNN.N`. */
export function runSoql(organization: Organization, text: string, versionUrl: string): QueryResult {
  const query = parseSoql(text);
  const type = boundType(query.object);
  const fields = query.fields?.map((name) => boundField(type, name));
  const matches = query.conditions.map((condition) => matcher(type, condition));
  const found = organization
    .table(type)
    .living()
    .filter((record) => matches.every((isMatch) => isMatch(record)));
  const rows = sorted(type, query, found).slice(0, query.limit);
  const records = (fields && rows.map((row) => projected(type, row, fields, versionUrl))) ?? [];
  return { totalSize: rows.length, done: true, records };
}

/** A record as REST shows it: `attributes`, then the fields. */
export function projected(type: ObjectType, record: SObject, fields: readonly Field[], versionUrl: string): object {
  const url = `${versionUrl}/sobjects/${type.name}/${record.Id}`;
  const shown = fields.map(({ name }): [string, unknown] => [name, record[name]]);
  return { attributes: { type: type.name, url }, ...Object.fromEntries(shown) };
}

function boundType({ text, column }: Name): ObjectType {
  const type = findObjectType(text);
  if (type) return type;
  const message = `\nERROR at Row:1:Column:${column}\nsObject type '${text}' is not supported.`;
  throw new SalesforceApiError(400, 'INVALID_TYPE', message);
}

function boundField(type: ObjectType, { text, column }: Name): Field {
  const field = findField(type, text);
  if (field) return field;
  const message = `\nERROR at Row:1:Column:${column}\nNo such column '${text}' on entity '${type.name}'.`;
  throw new SalesforceApiError(400, 'INVALID_FIELD', message);
}

function matcher(type: ObjectType, { field: name, isNegated, value }: Condition): (record: SObject) => boolean {
  const field = boundField(type, name);
  const isQuoted = typeof value === 'string';
  const takesQuotes = field.kind !== 'boolean' && field.kind !== 'datetime';
  if (value !== null && isQuoted !== takesQuotes) {
    const message = `value of filter criterion for field '${field.name}' must be of type ${field.kind}`;
    throw new SalesforceApiError(400, 'INVALID_FIELD', message);
  }
  const wanted = comparable(field, value);
  return (record) => (comparable(field, record[field.name] ?? null) === wanted) !== isNegated;
}

/** Text is compared without case but for external ids, ids in their 18-character form, and '' is null. */
function comparable(field: Field, value: string | boolean | null): string | boolean | null {
  if (typeof value !== 'string') return value;
  if (value === '') return null;
  if (field.kind === 'id' || field.kind === 'account') return toId18(value) ?? value;
  return field.isExternalId ? value : value.toLowerCase();
}

/** Nulls come first in either direction, which is SOQL's default. */
function sorted(type: ObjectType, { order }: SoqlQuery, records: SObject[]): SObject[] {
  if (!order) return records;
  const field = boundField(type, order.field);
  const direction = order.isDescending ? -1 : 1;
  return records.toSorted((a, b) => {
    const [left, right] = [comparable(field, a[field.name] ?? null), comparable(field, b[field.name] ?? null)];
    if (left === right) return 0;
    if (left === null) return -1;
    if (right === null) return 1;
    return left < right ? -direction : direction;
  });
}

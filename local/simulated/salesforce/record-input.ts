import * as v from 'valibot';
import { malformedId, SalesforceApiError } from './errors.ts';
import { toId18 } from './ids.ts';
import { type Field, fieldOf, type ObjectType } from './object-types.ts';

/** What a writable field can hold. */
export type FieldInput = string | null;

/** The fields that a caller wants written, by their proper names, each checked alone. */
export type RecordInput = ReadonlyMap<string, FieldInput>;

// A list passes for a record otherwise.
const bodySchema = v.pipe(
  v.custom<object>((body) => !Array.isArray(body)),
  v.record(v.string(), v.unknown()),
);

/** Reads the body of a create, update or upsert. `addressedBy` is the field in the path, which the body must not repeat. */
export function readRecordInput(type: ObjectType, body: string, addressedBy?: string): RecordInput {
  return readFields(type, parseBody(body), addressedBy);
}

/** Reads what a caller sent for one record. */
export function readFields(
  type: ObjectType,
  fields: Readonly<Record<string, unknown>>,
  addressedBy?: string,
): RecordInput {
  const input = new Map<string, FieldInput>();
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'attributes') continue;
    const field = fieldOf(type, name);
    if (field.name === addressedBy || (addressedBy && field.name === 'Id')) {
      const message = `The ${field.name} field should not be specified in the sobject data.`;
      throw new SalesforceApiError(400, 'INVALID_FIELD', message);
    }
    if (field.isReadOnly) throw readOnly(field);
    input.set(field.name, checkValue(field, value));
  }
  return input;
}

/** A value that the field can hold: a text within its length, empty meaning null. */
export function checkValue(field: Field, value: unknown): FieldInput {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') {
    throw jsonError(`Cannot deserialize instance of string from ${JSON.stringify(value)} for field ${field.name}`);
  }
  if (field.length !== undefined && value.length > field.length) {
    const message = `${field.label}: data value too large: ${value} (max length=${field.length})`;
    throw new SalesforceApiError(400, 'STRING_TOO_LONG', message, [field.name]);
  }
  if (field.kind === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) {
    const message = `${field.label}: invalid email address: ${value}`;
    throw new SalesforceApiError(400, 'INVALID_EMAIL_ADDRESS', message, [field.name]);
  }
  return field.kind === 'account' ? idOf(value) : value;
}

/** The 18-character form of an id that a caller sent. */
export function idOf(text: string): string {
  const id = toId18(text);
  if (id === undefined) throw malformedId(text);
  return id;
}

/** A body that can't be what the call takes, whoever's data it is. */
export const jsonError = (message: string) => new SalesforceApiError(400, 'JSON_PARSER_ERROR', message);

function parseBody(body: string): Record<string, unknown> {
  try {
    return v.parse(bodySchema, JSON.parse(body));
  } catch {
    throw jsonError('The body is not a JSON object: at [line:1, column:1]');
  }
}

const readOnly = ({ name }: Field) =>
  new SalesforceApiError(
    400,
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is ` +
      'read/write for your profile or permission set.',
    [name],
  );

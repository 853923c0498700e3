import type { FieldValue } from '../contract/object-type.ts';
import type { Direction, Field, Mapping } from '../specification/mapping.ts';

/** Thrown when a transform of the mapping throws. The integration's author must mend it; the value is not told. */
export class MappingError extends Error {
  readonly code = 'mapping-failed';
  readonly field: string;
  constructor(mapping: string, field: string, cause: unknown) {
    super(`The transform of field "${field}" in mapping "${mapping}" threw. Mend the transform, then deploy.`, {
      cause,
    });
    this.name = 'MappingError';
    this.field = field;
  }
}

/**
 * The values to write on the side that `direction` names, by field. A field is absent where the destination is to stay
 * as it is, and null where it is to be emptied.
 * @throws {MappingError} when a transform throws.
 */
export function mapRecord(
  mapping: Mapping,
  direction: Direction,
  fields: Readonly<Record<string, FieldValue>>,
): Record<string, FieldValue> {
  const mapped: Record<string, FieldValue> = {};
  for (const field of mapping.fields) {
    const value = mapField(mapping, direction, field, fields);
    if (value !== undefined) mapped[field[direction]] = value;
  }
  return mapped;
}

function mapField(
  mapping: Mapping,
  direction: Direction,
  field: Field,
  fields: Readonly<Record<string, FieldValue>>,
): FieldValue | undefined {
  const transform = direction === 'right' ? field.toRight : field.toLeft;
  if (transform === undefined) return undefined;
  const from = direction === 'right' ? field.left : field.right;
  const value = fields[from] ?? null;
  if (value === null || value === '')
    return field.default?.[direction] ?? (field.nullable === false ? undefined : null);
  try {
    return transform(value);
  } catch (error) {
    throw new MappingError(mapping.name, from, error);
  }
}

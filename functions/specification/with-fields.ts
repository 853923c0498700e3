import type { FieldKind, ObjectType } from '../contract/object-type.ts';

/** A standard object with the custom fields that this integration's own org has. */
export function withFields<
  System extends string,
  Fields extends Readonly<Record<string, FieldKind>>,
  const Custom extends Readonly<Record<string, FieldKind>>,
>(type: ObjectType<System, Fields>, custom: Custom): ObjectType<System, Fields & Custom> {
  return { ...type, fields: { ...type.fields, ...custom } };
}

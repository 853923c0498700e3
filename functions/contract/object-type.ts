/** What one field of a record holds once a connector has read it. Amounts of money are decimal strings, never floats. */
export type FieldValue = string | number | boolean | null;

/** What a field holds, as its system declares it. */
export type FieldKind = 'text' | 'number' | 'boolean';

/**
 * One kind of record in one system, flattened to named fields: `address.line1`, `BillingCity`.
 * The field names a mapping may use are the keys of `fields`, so a misspelt one doesn't compile.
 */
export interface ObjectType<
  System extends string = string,
  Fields extends Readonly<Record<string, FieldKind>> = Readonly<Record<string, FieldKind>>,
> {
  /** Key of the system in `defineIntegration({ systems })`. */
  readonly system: System;
  /** The provider's own name: `customer`, `Account`. */
  readonly object: string;
  readonly fields: Fields;
}

/** Declares an object type; connectors ship the standard ones. */
export function defineObject<const System extends string, const Fields extends Readonly<Record<string, FieldKind>>>(
  type: ObjectType<System, Fields>,
): ObjectType<System, Fields> {
  return type;
}

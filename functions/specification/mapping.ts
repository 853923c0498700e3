import type { FieldValue, ObjectType } from '../contract/object-type.ts';

/** `right` writes the left record's values to the right one; `left` the other way round. */
export type Direction = 'right' | 'left';

/**
 * One field of a linked pair. A transform gets a value that is never empty and answers what to write, or `undefined`
 * to leave the other side as it is. Leaving a transform out makes the field one-way.
 */
export interface Field<
  Left extends string = string,
  Right extends string = string,
  LeftValue extends FieldValue = FieldValue,
  RightValue extends FieldValue = FieldValue,
> {
  readonly left: Left;
  readonly right: Right;
  toRight?(value: NonNullable<LeftValue>): RightValue | undefined;
  toLeft?(value: NonNullable<RightValue>): LeftValue | undefined;
  /** Written where the other side is empty: for fields that a system requires. */
  readonly default?: { readonly left?: LeftValue; readonly right?: RightValue };
  /** Whether an empty value without a `default` empties the other side too. @default true */
  readonly nullable?: boolean;
  /** Names, emails, phones, addresses: never in a log, an error or a metric. @default false */
  readonly personal?: boolean;
}

/** A pair of records, declared once for both directions. */
export interface Mapping {
  readonly name: string;
  readonly left: ObjectType;
  readonly right: ObjectType;
  /**
   * The field on each side that holds the id of the other record. Salesforce and Stripe find what they write by theirs;
   * a side without one isn't told of the other record.
   * @default neither: a record has the same id on both sides
   */
  readonly link?: { readonly left?: string; readonly right?: string };
  readonly fields: readonly Field[];
}

/** A mapping as it is written: every name is one that its object declares; anything else doesn't compile. */
interface MappingDefinition<Left extends ObjectType, Right extends ObjectType> extends Mapping {
  readonly left: Left;
  readonly right: Right;
  readonly link?: { readonly left?: FieldName<Left>; readonly right?: FieldName<Right> };
  readonly fields: readonly Field<FieldName<Left>, FieldName<Right>>[];
}

type FieldName<Type extends ObjectType> = keyof Type['fields'] & string;

/** The identity, for fields that both systems hold alike. */
export function asIs<Value extends FieldValue>(value: Value): Value {
  return value;
}

/**
 * Declares one field; `defineMapping` checks its names against both objects. Values are text unless a transform's
 * parameter says otherwise.
 */
export function field<
  const Left extends string,
  const Right extends string,
  LeftValue extends FieldValue = string | null,
  RightValue extends FieldValue = string | null,
>(definition: Field<Left, Right, LeftValue, RightValue>): Field<Left, Right> {
  return definition;
}

/** Declares a linked pair; a field name that an object lacks doesn't compile. */
export function defineMapping<Left extends ObjectType, Right extends ObjectType>(
  mapping: MappingDefinition<Left, Right>,
): Mapping {
  return mapping;
}

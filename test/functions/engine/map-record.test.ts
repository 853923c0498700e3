import { describe, expect, test } from 'vitest';
import { defineObject, type FieldValue } from '../../../functions/contract/object-type.ts';
import { MappingError, mapRecord } from '../../../functions/engine/map-record.ts';
import { asIs, type Direction, defineMapping, type Field, field } from '../../../functions/specification/mapping.ts';

const left = defineObject({
  system: 'one',
  object: 'person',
  fields: { name: 'text', age: 'number', otherId: 'text' },
});
const right = defineObject({
  system: 'two',
  object: 'Contact',
  fields: { Name: 'text', Age: 'number', Other: 'text' },
});

function mappingOf(...fields: Field<'name' | 'age', 'Name' | 'Age'>[]) {
  return defineMapping({ name: 'person-contact', left, right, link: { left: 'otherId', right: 'Other' }, fields });
}

const name = { left: 'name', right: 'Name' } as const;
const shout = (text: string) => text.toUpperCase();
const whisper = (text: string) => text.toLowerCase();

describe('a mapped field', () => {
  test('goes either way by its own transform', () => {
    const mapping = mappingOf(field({ ...name, toRight: shout, toLeft: whisper }));

    const mapped = [mapRecord(mapping, 'right', { name: 'Zoë' }), mapRecord(mapping, 'left', { Name: 'Zoë' })];

    expect(mapped).toEqual([{ Name: 'ZOË' }, { name: 'zoë' }]);
  });

  test('that is one-way leaves the other side as it is', () => {
    const mapping = mappingOf(field({ ...name, toRight: asIs }));

    const mapped = [mapRecord(mapping, 'right', { name: 'Zoë' }), mapRecord(mapping, 'left', { Name: 'Zoë' })];

    expect(mapped).toEqual([{ Name: 'Zoë' }, {}]);
  });

  test('whose transform answers undefined is left out', () => {
    const mapping = mappingOf(
      field({ ...name, toRight: (text) => (text === 'keep' ? undefined : text), toLeft: asIs }),
    );

    const mapped = [mapRecord(mapping, 'right', { name: 'keep' }), mapRecord(mapping, 'right', { name: 'Zoë' })];

    expect(mapped).toEqual([{}, { Name: 'Zoë' }]);
  });

  test.each([0, false])('takes %s for a value, not for nothing', (value) => {
    const mapping = mappingOf({ left: 'age', right: 'Age', toRight: asIs, default: { right: 7 } });

    const mapped = mapRecord(mapping, 'right', { age: value });

    expect(mapped).toEqual({ Age: value });
  });

  test('is written beside others, and nothing else is', () => {
    const mapping = mappingOf(
      field({ ...name, toRight: asIs }),
      field({ left: 'age', right: 'Age', toRight: (age: number) => age + 1 }),
    );

    const mapped = mapRecord(mapping, 'right', { name: 'Zoë', age: 41, otherId: 'id', unknown: 'x' });

    expect(mapped).toEqual({ Name: 'Zoë', Age: 42 });
  });
});

describe.each<{ title: string; empty: Record<string, FieldValue> }>([
  { title: 'null', empty: { name: null } },
  { title: 'the empty text', empty: { name: '' } },
  { title: 'a field that is not there', empty: {} },
])('$title', ({ empty }) => {
  test('empties the other side, without asking the transform', () => {
    const mapping = mappingOf(field({ ...name, toRight: () => 'never' }));

    const mapped = mapRecord(mapping, 'right', empty);

    expect(mapped).toEqual({ Name: null });
  });

  test('leaves the other side as it is where the field is not nullable', () => {
    const mapping = mappingOf(field({ ...name, toRight: asIs, nullable: false }));

    const mapped = mapRecord(mapping, 'right', empty);

    expect(mapped).toEqual({});
  });

  test.each([true, false])('gives way to the default of that side (nullable: %s)', (nullable) => {
    const mapping = mappingOf(field({ ...name, toRight: asIs, default: { right: 'Nobody', left: 'never' }, nullable }));

    const mapped = mapRecord(mapping, 'right', empty);

    expect(mapped).toEqual({ Name: 'Nobody' });
  });

  test('has no default but that of its own side', () => {
    const mapping = mappingOf(field({ ...name, toRight: asIs, default: { left: 'never' } }));

    const mapped = mapRecord(mapping, 'right', empty);

    expect(mapped).toEqual({ Name: null });
  });
});

test('a default to the left is written where the right is empty', () => {
  const mapping = mappingOf(field({ ...name, toLeft: asIs, default: { left: 'Nobody', right: 'never' } }));

  const mapped = mapRecord(mapping, 'left', { Name: null });

  expect(mapped).toEqual({ name: 'Nobody' });
});

describe('a transform that throws', () => {
  test.each<{ direction: Direction; record: Record<string, FieldValue>; from: string }>([
    { direction: 'right', record: { name: 'Zoë' }, from: 'name' },
    { direction: 'left', record: { Name: 'Zoë' }, from: 'Name' },
  ])('to the $direction names mapping, field and remedy, and no value', ({ direction, record, from }) => {
    const fail = (text: string): string => {
      throw new TypeError(`can't take ${text}`);
    };
    const mapping = mappingOf(field({ ...name, toRight: fail, toLeft: fail }));

    const error = caught(() => mapRecord(mapping, direction, record));

    expect(error).toBeInstanceOf(MappingError);
    expect(error).toMatchObject({ name: 'MappingError', code: 'mapping-failed', field: from });
    expect(error.message).toBe(
      `The transform of field "${from}" in mapping "person-contact" threw. Mend the transform, then deploy.`,
    );
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});

function caught(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

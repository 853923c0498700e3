import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../../functions/specification/parse-event.ts';
import { peopleToPayers } from '../deliver-event/support/factories.ts';

const schema = v.object({ id: v.string(), age: v.pipe(v.string(), v.transform(Number)) });
const flow = { ...peopleToPayers, source: { ...peopleToPayers.source, schema } };

describe('parseEvent', () => {
  it('answers the event as the schema makes it', () => {
    expect(parseEvent(flow, { id: 'p1', age: '36', more: true })).toEqual({
      valid: true,
      event: { id: 'p1', age: 36 },
    });
  });

  it('tells where and by which rule it is refused, and none of its values', () => {
    const parsed = parseEvent(flow, { id: 7, age: { secret: 'ada@example.com' } });

    expect(parsed).toEqual({ valid: false, reason: 'invalid event: id: string; age: string' });
  });

  it('tells of what is no object, and of many mistakes in few words', () => {
    const wide = v.object(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}`, v.string()])));
    const reasons = [parseEvent(flow, null), parseEvent({ ...flow, source: { ...flow.source, schema: wide } }, {})];

    expect(reasons).toEqual([
      { valid: false, reason: 'invalid event: (event): object' },
      { valid: false, reason: 'invalid event: f0: object; f1: object; f2: object; f3: object; f4: object' },
    ]);
  });
});

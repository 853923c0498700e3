import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type History, noHistory } from '../../../functions/contract/delivery.ts';
import {
  cleared,
  isKiller,
  isSuspect,
  marked,
  nextSuspect,
  splitAtSuspect,
  waited,
} from '../../../functions/engine/crash-guard.ts';

interface Message {
  readonly name: string;
  readonly record: { readonly receiveCount: number };
  readonly history: History;
}

const received = (name: string, receiveCount: number, history: Partial<History> = {}): Message => ({
  name,
  record: { receiveCount },
  history: { ...noHistory, ...history },
});
const calm = (name: string) => received(name, 1);
const suspect = (name: string, marks = 0) => received(name, 2, { marks });
const namesOf = (messages: readonly Message[]) => messages.map(({ name }) => name);

describe('a suspect', () => {
  test.each([
    ['first receive', received('m', 1), false],
    ['second receive, the first explained', received('m', 2, { explained: 1 }), false],
    ['second receive, the first not', received('m', 2), true],
    ['fifth receive, the third explained', received('m', 5, { explained: 3 }), true],
    ['fifth receive, the fourth explained', received('m', 5, { explained: 4 }), false],
    ['all explained, no outcome since a crash', received('m', 5, { explained: 4, suspect: true }), true],
    ['the same receive, seen again', received('m', 5, { explained: 5 }), false],
  ])('or not: %s', (_name, message, expected) => {
    expect(isSuspect(message)).toBe(expected);
  });
});

describe('a group', () => {
  test.each([
    ['of none', [], [[], []]],
    ['without one', [calm('a'), calm('b')], [['a', 'b'], []]],
    ['with one at its head', [suspect('a'), calm('b')], [[], ['a', 'b']]],
    ['with one inside', [calm('a'), suspect('b'), calm('c'), suspect('d')], [['a'], ['b', 'c', 'd']]],
  ])('%s is split at its first suspect', (_name, group, expected) => {
    expect(splitAtSuspect(group).map(namesOf)).toEqual(expected);
  });

  test('keeps its order and all of its messages', () => {
    const messages = fc.array(fc.record({ count: fc.integer({ min: 1, max: 5 }), explained: fc.nat(5) }));

    fc.assert(
      fc.property(messages, (shapes) => {
        const group = shapes.map(({ count, explained }, index) => received(`${index}`, count, { explained }));
        const [calmOnes, doubtful] = splitAtSuspect(group);

        expect([...calmOnes, ...doubtful]).toEqual(group);
        expect(calmOnes.some(isSuspect)).toBe(false);
        expect(doubtful.slice(0, 1).every(isSuspect)).toBe(true);
      }),
    );
  });
});

describe('the suspect to run', () => {
  test('is the head with the fewest marks, the first of equals', () => {
    const groups = [[suspect('a', 2), suspect('b')], [suspect('c', 1)], [suspect('d', 1)]];

    expect(nextSuspect(groups)?.name).toBe('c');
    expect(nextSuspect([])).toBeUndefined();
    expect(nextSuspect([[]])).toBeUndefined();
  });
});

describe('what is left behind', () => {
  const before = received('m', 4, { attempts: 2, explained: 1, marks: 1, firstMarkMs: 500 });

  test('by a start mark, should it kill: one more, dated by the first', () => {
    const [first, second] = [marked(noHistory, 900), marked(before.history, 900)];

    expect(first).toEqual({ ...noHistory, suspect: true, marks: 1, firstMarkMs: 900 });
    expect(second).toMatchObject({ suspect: true, marks: 2, firstMarkMs: 500, attempts: 2, explained: 1 });
  });

  test('by one that was not run: explained, as suspect as before', () => {
    expect(waited(before)).toEqual({ ...before.history, suspect: true, explained: 4 });
    expect(waited(calm('m'))).toEqual({ ...noHistory, explained: 1 });
  });

  test('by one that was run and had an outcome: explained, and no suspect', () => {
    const history = { ...before.history, attempts: 3 };

    expect(cleared(before, history)).toEqual({
      ...noHistory,
      attempts: 3,
      explained: 4,
      suspect: false,
      marks: 0,
      firstMarkMs: undefined,
    });
  });

  test('after a hand-back, run or not, the next receive is no crash; without one it is', () => {
    const next = (history: History, count: number) => received('m', count, history);

    expect(isSuspect(next(cleared(before, before.history), 5))).toBe(false);
    expect(isSuspect(next(waited(calm('m')), 2))).toBe(false);
    expect(isSuspect(next(cleared(before, before.history), 6))).toBe(true);
  });

  test('a suspicion outlives any number of hand-backs that did not run it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (times) => {
        let message = suspect('m', 2);
        for (let nth = 0; nth < times; nth += 1)
          message = received('m', message.record.receiveCount + 1, waited(message));

        expect(isSuspect(message)).toBe(true);
        expect(message.history.marks).toBe(2);
      }),
    );
  });
});

describe('a killer', () => {
  const history = { ...noHistory, suspect: true, marks: 3, firstMarkMs: 1_000 };

  test.each([
    ['three marks, others completed since the first', history, 1_001, true],
    ['more marks', { ...history, marks: 9 }, 1_001, true],
    ['two marks', { ...history, marks: 2 }, 1_001, false],
    ['three marks, nobody completed anything', history, undefined, false],
    ['three marks, others completed before', history, 1_000, false],
    ['no mark', noHistory, 1_001, false],
  ])('or not: %s', (_name, known, lastCompletedMs, expected) => {
    expect(isKiller(known, 3, lastCompletedMs)).toBe(expected);
  });
});

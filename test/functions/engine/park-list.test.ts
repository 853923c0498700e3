import { describe, expect, it } from 'vitest';
import type { ListedEvent, ParkList } from '../../../functions/contract/parked.ts';
import {
  dueOf,
  isFull,
  nextGeneration,
  placeOf,
  withoutSettled,
  withParked,
  withSuperseded,
  withVersion,
} from '../../../functions/engine/park-list.ts';
import { aLetter } from '../parking/support/parked-events.ts';

const entry = (eventId: string, differs: Partial<ListedEvent> = {}): ListedEvent => ({
  eventId,
  generation: 1,
  letter: undefined,
  superseded: false,
  ...differs,
});

/** A list of `a`, `b`, ...; `a!` is flagged as superseded. */
function aList(names: string, differs: Partial<ParkList> = {}): ParkList {
  const events = [...names.matchAll(/(\w)(!?)/g)].map(([, name = '', flag]) =>
    entry(name, { superseded: flag === '!' }),
  );
  return { events, halts: true, due: false, generation: 3, ...differs };
}

const namesIn = ({ events }: Pick<ParkList, 'events'>) => events.map(({ eventId }) => eventId).join('');

describe('where an event stands', () => {
  it.each<[string, string, number | undefined, ParkList, string]>([
    ['in no list', 'x', undefined, aList('', { generation: 0, halts: false }), 'free'],
    ['in an emptied list that halted', 'x', undefined, aList(''), 'free'],
    ['new, in a list that halts', 'x', undefined, aList('ab'), 'behind'],
    ['new, in a list that does not', 'x', undefined, aList('ab', { halts: false }), 'free'],
    ['parked', 'a', undefined, aList('ab'), 'stands'],
    [
      'parked, and its release from an earlier generation arrives',
      'a',
      1,
      aListOf(entry('a', { generation: 2 })),
      'stands',
    ],
    ['its release arrives, first in the list', 'a', 1, aList('ab'), 'free'],
    ['its release arrives, behind another', 'b', 1, aList('ab'), 'behind'],
    ['its release arrives, behind another that halts nothing', 'b', 1, aList('ab', { halts: false }), 'free'],
    ['released from a generation that only the parked table knows', 'a', 4, aList('ab'), 'free'],
    ['released, and in no list', 'x', 1, aList('ab'), 'behind'],
    ['superseded', 'a', undefined, aList('a!b', { halts: false }), 'superseded'],
    ['superseded, and released', 'a', 1, aList('a!b', { halts: false }), 'superseded'],
  ])('%s', (_what, eventId, releasedGeneration, list, kind) => {
    expect(placeOf({ eventId, releasedGeneration }, list).kind).toBe(kind);
  });

  it('and in which generation it is parked next: one more than it was released from, or than it has', () => {
    const list = aListOf(entry('a', { generation: 3 }));

    const generations = [
      nextGeneration({ eventId: 'x', releasedGeneration: undefined }, list),
      nextGeneration({ eventId: 'x', releasedGeneration: 2 }, list),
      nextGeneration({ eventId: 'a', releasedGeneration: 3 }, list),
      nextGeneration({ eventId: 'a', releasedGeneration: undefined }, list),
    ];

    expect(generations).toEqual([1, 3, 4, 4]);
  });
});

function aListOf(...events: ListedEvent[]): ParkList {
  return { ...aList(''), events };
}

describe('a list in which an event is parked', () => {
  const park = (list: ParkList, eventId: string, halts = true) =>
    withParked(list, { eventId, generation: 2, letter: aLetter }, halts);

  it('has it at the end, or at its place', () => {
    expect([park(aList('ab'), 'c'), park(aList('ab'), 'a')].map(namesIn)).toEqual(['abc', 'ab']);
    expect(park(aList('a!b'), 'a').events[0]).toEqual(entry('a', { generation: 2, letter: aLetter }));
  });

  it('halts its key as the flow asks when it is begun, and as it was begun from then on', () => {
    const halts = [
      park(aList('', { halts: false }), 'a'),
      park(aList(''), 'a', false),
      park(aList('a'), 'b', false),
      park(aList('a', { halts: false }), 'b'),
    ].map((list) => list.halts);

    expect(halts).toEqual([true, false, true, false]);
  });

  it('waits for an operator where its first event is parked once more, and goes on where another joins', () => {
    const due = { due: true };

    const lists = [park(aList('ab', due), 'a'), park(aList('ab', due), 'b'), park(aList('ab', due), 'c')];

    expect(lists.map((list) => list.due)).toEqual([false, true, true]);
  });

  it('is full at some thousands of events, well below what an item of DynamoDB may have', () => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, index) => entry(`evt_1RtVbxJ2eZvKYlo2C${1e7 + index}`));

    expect([isFull(aListOf(...ids(2_500))), isFull(aListOf(...ids(4_000)))]).toEqual([false, true]);
    expect(JSON.stringify(ids(4_000)).length).toBeLessThan(400_000);
  });
});

describe('a list from which events are settled', () => {
  it.each<[string, ParkList, string[], string, boolean]>([
    ['the first: the next one is due', aList('abc'), ['a'], 'bc', true],
    ['one behind the first: nothing is due', aList('abc'), ['b'], 'ac', false],
    ['one behind the first, which is due', aList('abc', { due: true }), ['b'], 'ac', true],
    ['several', aList('abc'), ['a', 'b'], 'c', true],
    ['the last: nothing is left to be due', aList('a', { due: true }), ['a'], '', false],
    ['the first of one that halts nothing', aList('ab', { halts: false }), ['a'], 'b', false],
  ])('%s', (_what, list, settled, left, due) => {
    const next = withoutSettled(list, settled);

    expect([next && namesIn(next), next?.due]).toEqual([left, due]);
  });

  it('is the same where none of them is in it', () => {
    expect(withoutSettled(aList('ab'), ['x'])).toBeUndefined();
  });

  it('names the one that is to be released now', () => {
    const due = [
      aList('ab', { due: true }),
      aList('ab'),
      aList('ab', { due: true, halts: false }),
      aList('', { due: true }),
    ];

    expect(due.map((list) => dueOf(list)?.eventId)).toEqual(['a', undefined, undefined, undefined]);
  });
});

describe('a list of which a later state was written', () => {
  const continues = { halts: false };

  it('has those flagged that were in it when that began', () => {
    const next = withSuperseded(aList('abc', continues), aList('ab', continues));

    expect(next?.events.map(({ superseded }) => superseded)).toEqual([true, true, false]);
  });

  it('leaves what told no version where that decides', () => {
    const unread = entry('b', { letter: { ...aLetter, lastErrorCode: 'invalid-event' } });
    const list = aListOf(entry('a', { letter: aLetter }), unread, entry('c'));

    expect(namesIn(withVersion(list))).toBe('ac');
  });

  it('leaves what was parked once more since then: it was tried after that', () => {
    const seen = aListOf(entry('a'));

    expect(withSuperseded({ ...aListOf(entry('a', { generation: 2 })), ...continues }, seen)).toBeUndefined();
  });

  it.each<[string, ParkList]>([
    ['it halts its key', aList('ab')],
    ['it has no events', aList('', continues)],
    ['all are flagged', aList('a!b!', continues)],
  ])('is the same where %s', (_what, list) => {
    expect(withSuperseded(list, list)).toBeUndefined();
  });
});

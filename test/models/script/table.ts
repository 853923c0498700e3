import { type Case, get, getMany, put, putMany, remove, replace } from './case.ts';

const thirty = Array.from({ length: 30 }, (_, index) => `k${String(index).padStart(2, '0')}`);

/**
 * DynamoDB, as our state table uses it. Sources: "Condition expressions", "Read consistency" and "Time to Live" of the developer
 * guide (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/), and the API reference of the batch calls.
 */
export const tableCases: readonly Case[] = [
  {
    name: 'what was put is there at once',
    steps: [get('k', 'absent'), put('k', 1), get('k', '1 g0'), put('k', 2), get('k', '2 g0')],
  },
  {
    name: 'a value is JSON',
    steps: [
      put('k', { text: 'é "\\ \u2028', empty: '', none: null, gone: undefined, list: [1, { deep: true }] }),
      get('k', '{"text":"é \\"\\\\ \u2028","empty":"","none":null,"list":[1,{"deep":true}]} g0'),
    ],
  },
  {
    name: 'replaced only over what was seen',
    steps: [
      replace('k', 1, 'never there', 'refused'),
      replace('k', 'absent', 'first', 'replaced'),
      replace('k', 'absent', 'again', 'refused'),
      replace('k', 1, 'second', 'replaced'),
      replace('k', 1, 'late', 'refused'),
      get('k', '"second" g2'),
    ],
  },
  {
    name: 'a put forgets the generation, a replace goes on from it',
    steps: [
      replace('k', 'absent', 1, 'replaced'),
      put('k', 2),
      replace('k', 1, 3, 'refused'),
      replace('k', 0, 3, 'replaced'),
      get('k', '3 g1'),
    ],
  },
  {
    name: 'of many at once, one replaces',
    steps: [
      replace('k', 'absent', 1, 'replaced, 1 of 20', 20),
      replace('k', 1, 2, 'replaced, 1 of 20', 20),
      get('k', '2 g2'),
    ],
  },
  {
    name: 'removed only as it was seen',
    steps: [
      remove('k', 1),
      replace('k', 'absent', 1, 'replaced'),
      remove('k', 2),
      get('k', '1 g1'),
      remove('k', 1),
      get('k', 'absent'),
      replace('k', 'absent', 2, 'replaced'),
      get('k', '2 g1'),
    ],
  },
  {
    name: 'of many keys, those that there are',
    steps: [
      put('a', 1),
      replace('b', 'absent', 2, 'replaced'),
      getMany('none b a', 'a=1 g0, b=2 g1'),
      getMany('', 'nothing'),
    ],
  },
  { name: 'a key is asked for once', steps: [put('a', 1), getMany('a a', 'refused')] },
  {
    name: 'many items in one go, more than one call takes',
    steps: [
      replace('k00', 'absent', 'before', 'replaced'),
      putMany(thirty.join(' '), 'v'),
      getMany(`${thirty.join(' ')} none`, thirty.map((key) => `${key}="v" g0`).join(', ')),
    ],
  },
  {
    name: 'an item that has expired may still be there',
    steps: [put('k', 1, -3_600), get('k', '1 g0'), replace('k', 'absent', 2, 'refused'), getMany('k', 'k=1 g0')],
  },
];

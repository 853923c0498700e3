import { type Case, receive, send, settle, wait } from './case.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
export const deduplicationCases: readonly Case[] = [
  {
    name: 'a repeat is swallowed, and answered with the first id',
    queue: {},
    steps: [send('a1'), send('a2', { as: 'a1', gives: 'duplicate' }), receive('a1×1'), settle('a1'), receive()],
  },
  {
    name: 'a repeat is swallowed also after the first was deleted',
    queue: {},
    steps: [send('a1'), receive('a1×1'), settle('a1'), send('a1', { gives: 'duplicate' }), receive()],
  },
  {
    name: 'another id is another message, with the same body, too',
    queue: {},
    steps: [send('a1'), send('a1', { as: 'other' }), receive('a1×1 a1×1')],
  },
  {
    name: 'an id is known in its group only',
    queue: {},
    steps: [send('a1', { as: 'same' }), send('b1', { as: 'same' }), receive('a1×1 b1×1')],
  },
  {
    name: 'five minutes after the first an id is free',
    slow: true,
    queue: {},
    steps: [
      send('a1'),
      receive('a1×1'),
      settle('a1'),
      wait(280),
      send('a1', { gives: 'duplicate' }),
      receive(),
      wait(25),
      send('a1'),
      receive('a1×1'),
    ],
  },
];

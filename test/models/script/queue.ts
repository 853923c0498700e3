import { type Case, handBack, park, receive, receiveDead, send, sentTimes, settle, wait } from './case.ts';

const twelveHours = 43_200;
const elevenHandles = Array.from({ length: 11 }, () => 'a1').join(' ');

/**
 * SQS FIFO, high throughput. Sources: the pages "FIFO queue delivery logic" and "Visibility timeout" of the developer guide
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/), and the API reference.
 */
export const queueCases: readonly Case[] = [
  {
    name: 'a batch mixes groups, each in order',
    queue: {},
    steps: [send('a1'), send('b1'), send('a2'), send('c1'), send('b2'), receive('a1×1 a2×1 b1×1 b2×1 c1×1')],
  },
  {
    name: 'a receive gives out ten at most',
    queue: {},
    steps: [
      ...Array.from({ length: 12 }, (_, index) => send(`a${index + 1}`)),
      receive(Array.from({ length: 10 }, (_, index) => `a${index + 1}×1`).join(' ')),
      receive(),
    ],
  },
  {
    name: 'one at a time, a group stays in order',
    queue: {},
    steps: [
      ...['a1', 'a2', 'a3'].map((body) => send(body)),
      ...['a1', 'a2', 'a3'].flatMap((body) => [receive(`${body}×1`, 1), settle(body)]),
      receive(),
    ],
  },
  {
    name: 'a message in flight holds up its group, and no other',
    queue: {},
    steps: [send('a1'), receive('a1×1'), send('a2'), send('b1'), receive('b1×1'), settle('a1'), receive('a2×1')],
  },
  {
    name: 'a deleted follower does not free its group',
    queue: {},
    steps: [
      ...['a1', 'a2', 'a3'].map((body) => send(body)),
      receive('a1×1 a2×1', 2),
      settle('a2'),
      receive(),
      settle('a1'),
      receive('a3×1'),
    ],
  },
  {
    name: 'what was not deleted comes back after the timeout, counted',
    queue: { visibilitySeconds: 3 },
    steps: [send('a1'), receive('a1×1'), receive(), wait(4), receive('a1×2')],
  },
  {
    name: 'handed back with a wait: back in order, not before',
    queue: {},
    steps: [
      ...['a1', 'a2'].map((body) => send(body)),
      receive('a1×1 a2×1'),
      handBack('a1 a2', 3),
      send('a3'),
      receive(),
      wait(4),
      receive('a1×2 a2×2 a3×1'),
    ],
  },
  {
    name: 'handed back without a wait: back at once',
    queue: {},
    steps: [send('a1'), receive('a1×1'), handBack('a1', 0), receive('a1×2'), handBack('a1', 0), receive('a1×3')],
  },
  {
    name: 'a wait may be longer than the timeout of the queue',
    queue: { visibilitySeconds: 1 },
    steps: [send('a1'), receive('a1×1'), handBack('a1', 5), wait(2), receive(), wait(4), receive('a1×2')],
  },
  {
    name: 'a head that is handed back alone comes without its followers',
    queue: {},
    steps: [
      ...['a1', 'a2', 'a3'].map((body) => send(body)),
      receive('a1×1 a2×1', 2),
      handBack('a1', 0),
      receive('a1×2'),
      settle('a1'),
      receive(),
      settle('a2'),
      receive('a3×1'),
    ],
  },
  {
    name: 'a receive tells when the message was sent',
    queue: {},
    steps: [
      send('a1'),
      receive('a1×1'),
      handBack('a1', 1),
      wait(2),
      receive('a1×2'),
      sentTimes('a1', 'when it was sent'),
    ],
  },
  {
    name: 'an expired receipt handle deletes nothing',
    queue: {},
    steps: [send('a1'), receive('a1×1'), handBack('a1', 0), settle('a1', 'refused'), receive('a1×2')],
  },
  {
    name: 'an expired receipt handle hides nothing',
    queue: {},
    steps: [send('a1'), receive('a1×1'), handBack('a1', 0), handBack('a1', 30, 'refused'), receive('a1×2')],
  },
  {
    name: 'the receipt handle of an earlier receive deletes nothing',
    queue: {},
    steps: [
      send('a1'),
      receive('a1×1'),
      handBack('a1', 0),
      receive('a1×2'),
      settle('a1#1', 'refused'),
      settle('a1'),
      send('a2'),
      receive('a2×1'),
    ],
  },
  {
    name: 'a message that was deleted may be deleted again',
    queue: {},
    steps: [send('a1'), receive('a1×1'), settle('a1'), settle('a1')],
  },
  {
    name: 'a batch of deletes does what it can',
    queue: {},
    steps: [
      ...['a1', 'b1', 'a2', 'b2'].map((body) => send(body)),
      receive('a1×1 a2×1 b1×1 b2×1'),
      settle('a1 unknown b1', 'refused'),
      handBack('a2 b2', 0),
      receive('a2×2 b2×2'),
    ],
  },
  {
    name: 'a batch of hand-backs does what it can',
    queue: {},
    steps: [
      ...['a1', 'b1'].map((body) => send(body)),
      receive('a1×1 b1×1'),
      handBack('unknown a1 b1', 0, 'refused'),
      receive('a1×2 b1×2'),
    ],
  },
  {
    name: 'a batch is of one to ten',
    queue: {},
    steps: [
      send('a1'),
      receive('a1×1'),
      settle('', 'refused'),
      settle(elevenHandles, 'refused'),
      handBack('', 1, 'refused'),
      handBack(elevenHandles, 1, 'refused'),
      settle('a1'),
    ],
  },
  {
    name: 'no wait is longer than twelve hours',
    queue: {},
    steps: [send('a1'), receive('a1×1'), handBack('a1', twelveHours + 1, 'refused'), settle('a1')],
  },
  {
    name: 'the twelve hours count from the receive',
    queue: {},
    steps: [
      send('a1'),
      receive('a1×1'),
      wait(2),
      handBack('a1', twelveHours, 'refused'),
      handBack('a1', twelveHours - 10),
      settle('a1'),
    ],
  },
  {
    name: 'after too many receives the redrive moves a message, as it was',
    queue: { maxReceiveCount: 2 },
    steps: [
      send('a1'),
      receive('a1×1'),
      handBack('a1', 0),
      receive('a1×2'),
      handBack('a1', 0),
      receive(),
      receiveDead('a1×3 (same id)'),
    ],
  },
  {
    name: 'what follows a redriven message goes on',
    queue: { maxReceiveCount: 1 },
    steps: [
      ...['a1', 'a2'].map((body) => send(body)),
      receive('a1×1', 1),
      handBack('a1', 0),
      receive('a2×1', 1),
      receiveDead('a1×2 (same id)'),
    ],
  },
  {
    name: 'a dead letter is sent once a generation',
    queue: {},
    steps: [
      send('a1'),
      receive('a1×1'),
      park('a1', 1),
      park('a1', 1),
      park('a1', 2),
      receiveDead('a1×1 (another id) a1×1 (another id)'),
    ],
  },
];

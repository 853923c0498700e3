import { type Case, complete, lock, look, unlock, wait } from './case.ts';

/**
 * Powertools' idempotency records in DynamoDB: its lock is a conditional put, the rest is unconditional. Source:
 * https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/, and what the layer sends.
 */
export const lockCases: readonly Case[] = [
  {
    name: 'a lock in progress is held',
    steps: [lock('k', 'locked'), lock('k', 'held: INPROGRESS'), look('k', 'INPROGRESS')],
  },
  { name: 'of many at once, one locks', steps: [lock('k', 'locked, 1 of 20', { times: 20 }), look('k', 'INPROGRESS')] },
  {
    name: 'a lock whose function had to end is free',
    steps: [lock('k', 'locked', { runsMs: 500 }), wait(1), lock('k', 'locked'), lock('k', 'held: INPROGRESS')],
  },
  {
    name: 'what is completed is held, whenever its function had to end',
    steps: [
      lock('k', 'locked', { runsMs: 500 }),
      complete('k', 'result'),
      wait(1),
      lock('k', 'held: COMPLETED "result"'),
      look('k', 'COMPLETED "result"'),
    ],
  },
  {
    name: 'what was completed and has expired is free, and its result gone',
    steps: [
      lock('k', 'locked'),
      complete('k', 'result', 1),
      wait(3),
      look('k', 'EXPIRED "result"'),
      lock('k', 'locked'),
      look('k', 'INPROGRESS'),
    ],
  },
  {
    name: 'a lock that has expired is free, whenever its function had to end',
    steps: [lock('k', 'locked', { keptSeconds: 1 }), wait(3), look('k', 'EXPIRED'), lock('k', 'locked')],
  },
  {
    name: 'what is unlocked is free',
    steps: [unlock('k'), lock('k', 'locked'), unlock('k'), look('k', 'absent'), lock('k', 'locked')],
  },
  { name: 'completed without a lock is completed', steps: [complete('k', 'result'), look('k', 'COMPLETED "result"')] },
  {
    name: 'who lost the lock overwrites and unlocks all the same',
    steps: [
      lock('k', 'locked', { runsMs: 500 }),
      wait(1),
      lock('k', 'locked'),
      complete('k', 'of the first'),
      look('k', 'COMPLETED "of the first"'),
      complete('k', 'of the second'),
      unlock('k'),
      look('k', 'absent'),
    ],
  },
];

import type { Spell } from '../machine/weather.ts';
import { endsOfFlow, hourMs, minuteMs, type Scenario } from '../plan.ts';
import { unacceptable } from '../systems/system.ts';
import { aPlan, downFault, noise } from './common.ts';

/** Outage, brown-out, revocation, locks, slowness, crashes, a killer and a bad record, all in two hours. */
export const allAtOnce: Scenario = {
  name: 'everything at once',
  plan: (random) => {
    const lastsMs = 2 * hourMs;
    const records = random.int(5, 10);
    const others = Array.from({ length: records - 2 }, (_, index) => index + 2);
    const plan = aPlan(random, {
      records,
      busyness: [
        { fromMs: 0, toMs: lastsMs + hourMs, changes: random.int(60, 120), records: others },
        { fromMs: 0, toMs: lastsMs, changes: 1, records: [1], remark: unacceptable },
      ],
      troubleEndsMs: lastsMs + hourMs,
      killers: [0],
      crashes: 0.003,
      ownFaults: 0.003,
      operator: [{ atMs: random.between(0, lastsMs), act: random.pick(['end-session', 'replace-key']) }],
    });
    const { source, destination } = endsOfFlow(plan.flow);
    const spell = (text: string, mostMinutes: number, rest: Partial<Spell>): Spell => {
      const fromMs = random.between(0, lastsMs);
      const toMs = fromMs + random.between(1, mostMinutes) * minuteMs;
      return { text, fromMs, toMs, system: random.pick([source, destination]), share: 1, fault: downFault, ...rest };
    };
    const spells = [
      spell('down', 10, {}),
      spell('brown-out', 20, { share: 0.4 }),
      spell('revoked', 10, { fault: () => ({ kind: 'refused', as: 'not-authenticated' }) }),
      spell('slow', 10, { fault: () => ({ kind: 'slow', ms: 8_000 }) }),
      spell('too many', 10, { share: 0.7, fault: () => ({ kind: 'refused', as: 'too-many' }) }),
      spell('locks', 10, { records: new Set([2, 3]), fault: () => ({ kind: 'refused', as: 'locked' }) }),
      noise(lastsMs, 0.02),
    ];
    const killed = { records: new Set([0]), reason: /ended the function/, must: true };
    const bad = { records: new Set([1]), reason: /^permanent failure/ };
    return { ...plan, spells, expect: { parked: [killed, bad], restWithinMs: 4 * hourMs } };
  },
};

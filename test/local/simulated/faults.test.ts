import { describe, expect, it } from 'vitest';
import { type Fault, FaultInjector } from '../../../local/simulated/faults.ts';
import { fakeClock, seededRandom } from './support.ts';

const inject = (fault: Fault, random = seededRandom(1)) => {
  const clock = fakeClock();
  const injector = new FaultInjector({ now: clock.now, random });
  injector.add(fault);
  return { clock, injector };
};

describe('FaultInjector', () => {
  it('hits every call until it is cleared', () => {
    const { injector, clock } = inject({ fault: 'down' });
    clock.advance(1_000_000);

    const before = injector.next();
    injector.clear();

    expect(before).toEqual({ fault: 'down' });
    expect(injector.next()).toBeUndefined();
  });

  it('is active for the given seconds', () => {
    const { injector, clock } = inject({ fault: 'down', seconds: 30 });

    clock.advance(29.999);
    const within = injector.next();
    clock.advance(0.001);

    expect(within?.fault).toBe('down');
    expect(injector.next()).toBeUndefined();
    expect(injector.active()).toEqual([]);
  });

  it('hits the given number of calls', () => {
    const { injector } = inject({ fault: 'reset', times: 2 });

    const hits = [injector.next(), injector.next(), injector.next()];

    expect(hits.map((hit) => hit?.fault)).toEqual(['reset', 'reset', undefined]);
  });

  it('hits the given share of calls', () => {
    const { injector } = inject({ fault: 'down', share: 0.25 });

    const hits = Array.from({ length: 4000 }, () => injector.next()).filter(Boolean).length;

    expect(hits / 4000).toBeCloseTo(0.25, 1);
    expect(hits).not.toBe(1000);
  });

  it.each([
    [0, 0],
    [1, 100],
  ])('hits exactly none or all at the ends: share %d', (share, expected) => {
    const { injector } = inject({ fault: 'down', share });

    const hits = Array.from({ length: 100 }, () => injector.next()).filter(Boolean).length;

    expect(hits).toBe(expected);
  });

  it('spends times only on calls that the share hit', () => {
    const { injector } = inject({ fault: 'down', share: 0.5, times: 3 });

    const hits = Array.from({ length: 100 }, () => injector.next()).filter(Boolean).length;

    expect(hits).toBe(3);
  });

  it('hits a call with the fault that was posted first, and with the next when that is used up', () => {
    const { injector } = inject({ fault: 'slow', ms: 5, times: 1 });
    injector.add({ fault: 'down' });

    const hits = [injector.next(), injector.next()];

    expect(hits.map((hit) => hit?.fault)).toEqual(['slow', 'down']);
  });

  it('lists what is left of each', () => {
    const { injector } = inject({ fault: 'throttle', retryAfter: 7, times: 3, seconds: 60 });
    injector.next();

    const active = injector.active();

    expect(active).toEqual([
      { fault: 'throttle', retryAfter: 7, times: 3, seconds: 60, timesLeft: 2, until: '2026-11-20T07:23:19.000Z' },
    ]);
  });
});

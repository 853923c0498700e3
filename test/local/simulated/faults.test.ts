import { describe, expect, it } from 'vitest';
import { type CallSubject, type Fault, FaultInjector } from '../../../local/simulated/faults.ts';
import { fakeClock, seededRandom } from './support.ts';

const inject = (fault: Fault, random = seededRandom(1)) => {
  const clock = fakeClock();
  const injector = new FaultInjector({ now: clock.now, random });
  injector.add(fault);
  return { clock, injector };
};

const anyCall: CallSubject = { operation: 'read', records: ['cus_1'] };

describe('FaultInjector', () => {
  it('hits every call until it is cleared', () => {
    const { injector, clock } = inject({ fault: 'down' });
    clock.advance(1_000_000);

    const before = injector.next(anyCall);
    injector.clear();

    expect(before).toEqual({ fault: 'down' });
    expect(injector.next(anyCall)).toBeUndefined();
  });

  it('is active for the given seconds', () => {
    const { injector, clock } = inject({ fault: 'down', seconds: 30 });

    clock.advance(29.999);
    const within = injector.next(anyCall);
    clock.advance(0.001);

    expect(within?.fault).toBe('down');
    expect(injector.next(anyCall)).toBeUndefined();
    expect(injector.active()).toEqual([]);
  });

  it('hits the given number of calls', () => {
    const { injector } = inject({ fault: 'reset', times: 2 });

    const hits = [injector.next(anyCall), injector.next(anyCall), injector.next(anyCall)];

    expect(hits.map((hit) => hit?.fault)).toEqual(['reset', 'reset', undefined]);
  });

  it('hits the given share of calls', () => {
    const { injector } = inject({ fault: 'down', share: 0.25 });

    const hits = Array.from({ length: 4000 }, () => injector.next(anyCall)).filter(Boolean).length;

    expect(hits / 4000).toBeCloseTo(0.25, 1);
    expect(hits).not.toBe(1000);
  });

  it.each([
    [0, 0],
    [1, 100],
  ])('hits exactly none or all at the ends: share %d', (share, expected) => {
    const { injector } = inject({ fault: 'down', share });

    const hits = Array.from({ length: 100 }, () => injector.next(anyCall)).filter(Boolean).length;

    expect(hits).toBe(expected);
  });

  it('spends times only on calls that the share hit', () => {
    const { injector } = inject({ fault: 'down', share: 0.5, times: 3 });

    const hits = Array.from({ length: 100 }, () => injector.next(anyCall)).filter(Boolean).length;

    expect(hits).toBe(3);
  });

  it('hits a call with the fault that was posted first, and with the next when that is used up', () => {
    const { injector } = inject({ fault: 'slow', ms: 5, times: 1 });
    injector.add({ fault: 'down' });

    const hits = [injector.next(anyCall), injector.next(anyCall)];

    expect(hits.map((hit) => hit?.fault)).toEqual(['slow', 'down']);
  });

  it('lists what is left of each', () => {
    const { injector } = inject({ fault: 'throttle', retryAfter: 7, times: 3, seconds: 60 });
    injector.next(anyCall);

    const active = injector.active();

    expect(active).toEqual([
      { fault: 'throttle', retryAfter: 7, times: 3, seconds: 60, timesLeft: 2, until: '2026-11-20T07:23:19.000Z' },
    ]);
  });

  it.each<[string, Fault, CallSubject, boolean]>([
    ['its operation', { fault: 'down', operation: 'read' }, anyCall, true],
    ['no other operation', { fault: 'down', operation: 'create' }, anyCall, false],
    ['its record', { fault: 'slow', ms: 5, record: 'cus_1' }, { operation: 'update', records: ['a', 'cus_1'] }, true],
    ['no other record', { fault: 'down', record: 'cus_2' }, anyCall, false],
    ['a write with a lock', { fault: 'row-lock' }, { operation: 'upsert', records: [] }, true],
    ['no read with a lock', { fault: 'row-lock' }, anyCall, false],
    ['a call that has no name, unless told', { fault: 'down' }, { operation: undefined, records: [] }, true],
  ])('hits %s', (_, fault, call, isHit) => {
    const { injector } = inject(fault);

    expect(injector.next(call)?.fault).toBe(isHit ? fault.fault : undefined);
  });

  it('spends neither times nor dice on calls that it is not about', () => {
    let throws = 0;
    const { injector } = inject({ fault: 'down', operation: 'create', share: 1, times: 1 }, () => {
      throws += 1;
      return 0;
    });

    const hits = [injector.next(anyCall), injector.next({ operation: 'create', records: [] })];

    expect(hits.map((hit) => hit?.fault)).toEqual([undefined, 'down']);
    expect(throws).toBe(1);
  });

  it('of a collection, refuses the one record and not the call', () => {
    const { injector } = inject({ fault: 'row-lock', record: 'cus_2', times: 1 });
    const call: CallSubject = { operation: 'collections', records: ['cus_1', 'cus_2'], isCollection: true };

    const whole = injector.next(call);
    const each = [['cus_1'], ['cus_2'], ['cus_2']].map((names) => injector.nextInCollection(call, names));

    expect(whole).toBeUndefined();
    expect(each).toEqual([undefined, 'row-lock', undefined]);
  });

  it('of a collection, cuts the call that carries the record', () => {
    const { injector } = inject({ fault: 'lost-response', record: 'cus_2' });
    const call: CallSubject = { operation: 'collections', records: ['cus_1', 'cus_2'], isCollection: true };

    expect(injector.nextInCollection(call, ['cus_2'])).toBeUndefined();
    expect(injector.next(call)?.fault).toBe('lost-response');
  });
});

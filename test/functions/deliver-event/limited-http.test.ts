import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse, LimitSignals, NoResponse } from '../../../functions/connectors/connector.ts';
import { limitedHttp } from '../../../functions/deliver-event/limited-http.ts';
import { aLimitedWorld, startMs } from './support/limited-world.ts';
import { KeptTelemetry } from './support/telemetry.ts';

const ok: HttpResponse = { kind: 'response', status: 200, headers: {}, body: '' };

/** A container's way to a system that allows ten calls a second, and 100 a day. */
function aLimitedHttp(limits = { perSecond: { rate: 10, burst: 10 }, perDay: { calls: 100 } }) {
  const world = aLimitedWorld(limits);
  const telemetry = new KeptTelemetry();
  const made: HttpRequest[] = [];
  const limiter = world.aContainer();
  let answer: HttpResponse | NoResponse = ok;
  const http = limitedHttp(
    async (request) => {
      made.push(request);
      return answer;
    },
    { system: 'stripe', limiter, telemetry, now: () => world.clock.ms },
  );
  const call = (differs: Partial<HttpRequest> = {}) =>
    http({ method: 'GET', url: 'https://example.com', headers: {}, timeoutMs: 10_000, ...differs });
  const answering = (next: Partial<HttpResponse> | NoResponse) => {
    answer = next.kind === 'no-response' ? next : { ...ok, ...next };
  };
  return { ...world, telemetry, made, call, answering, state: () => world.store.states.get('stripe') };
}

const reading = (signals: LimitSignals) => ({ readLimits: () => signals });

describe('calls within limits', () => {
  it('take one permit each, and what waiting for it took is taken off their time', async () => {
    const { call, made, state } = aLimitedHttp();

    for (let nth = 0; nth < 8; nth += 1) await call();

    expect(state()?.total).toBe(8);
    expect(made.map(({ timeoutMs }) => timeoutMs).slice(0, 4)).toEqual([10_000, 10_000, 10_000, 10_000]);
    expect(made.at(-1)!.timeoutMs).toBeLessThan(10_000);
    expect(made.at(-1)!.timeoutMs).toBeGreaterThan(9_000);
  });

  it('are not made where their turn is too far: the answer is the code and the expected wait', async () => {
    const { call, made } = aLimitedHttp();

    const answers = await Promise.all(Array.from({ length: 30 }, () => call()));

    const deferred = answers.filter((answer) => answer.kind === 'no-response');
    expect(made).toHaveLength(30 - deferred.length);
    expect(deferred.length).toBeGreaterThan(5);
    expect(deferred[0]).toMatchObject({ code: 'rate-limited' });
    expect(deferred[0]?.retryAfterMs).toBeGreaterThanOrEqual(1_000);
  });

  it('wait no longer than half of their own time', async () => {
    const { call, clock } = aLimitedHttp();
    for (let nth = 0; nth < 6; nth += 1) await call();
    const beganMs = clock.ms;

    const answer = await call({ timeoutMs: 60 });

    expect(answer).toMatchObject({ kind: 'no-response', code: 'rate-limited' });
    expect(clock.ms).toBe(beganMs);
  });

  it('take none where they have no time left', async () => {
    const { call, made, store } = aLimitedHttp();

    expect(await call({ timeoutMs: 0 })).toEqual({ kind: 'no-response', code: 'out-of-time' });
    expect(made).toEqual([]);
    expect(store.counts.lease).toBe(0);
  });

  it('are of their class: where four fifths of the day are used, replays wait, live calls go on, and so do probes', async () => {
    const { call, made } = aLimitedHttp({ perSecond: { rate: 100, burst: 100 }, perDay: { calls: 10 } });
    for (let nth = 0; nth < 8; nth += 1) await call();

    const replay = await call({ trafficClass: 'replay' });
    const others = [await call(), await call(), await call(), await call({ trafficClass: 'probe' })];

    expect(replay).toMatchObject({ kind: 'no-response', code: 'budget-spent', retryAfterMs: 30 * 60_000 });
    expect(others.map(({ kind }) => kind)).toEqual(['response', 'response', 'no-response', 'response']);
    expect(made).toHaveLength(11);
  });

  it('fail as a whole where the table can not be had: nobody knows whether there is room', async () => {
    const { call, made, store } = aLimitedHttp();
    store.lease = () => Promise.reject(new Error('throttled'));

    await expect(call()).rejects.toThrow('throttled');
    expect(made).toEqual([]);
  });
});

describe('what answers tell of limits', () => {
  it('a refusal with Retry-After keeps everybody away for so long', async () => {
    const { call, answering } = aLimitedHttp();
    answering({ status: 429, headers: { 'retry-after': '20' } });

    const refused = await call(reading({ refused: 'rate' }));
    const next = await call();

    expect(refused).toMatchObject({ status: 429 });
    expect(next).toEqual({ kind: 'no-response', code: 'rate-limited', retryAfterMs: 20_000 });
  });

  it.each([
    ['without Retry-After', { status: 429 }, { refused: 'rate' }],
    ['that is no rate limit', { status: 429, headers: { 'retry-after': '20' } }, {}],
  ] as const)('a refusal %s keeps nobody away', async (_what, answer, signals) => {
    const { call, answering, store } = aLimitedHttp();
    answering(answer);

    await call(reading(signals));

    expect(store.counts.holdUntil).toBe(0);
    expect(await call()).toMatchObject({ kind: 'response' });
  });

  it('what they tell of the quota counts from then on', async () => {
    const { call, state } = aLimitedHttp();

    await call(reading({ usage: { used: 990, max: 1_000 } }));

    expect(state()?.reported).toEqual({ used: 990, max: 1_000, atMs: startMs, total: 1 });
  });

  it('a spent quota lets nothing through but one look an interval, whose answer ends it', async () => {
    const { call, probes, clock, whenProbed } = aLimitedHttp();
    await call(reading({ refused: 'quota' }));

    const spent = [await call(), await call()];
    clock.ms += 300_000;
    whenProbed((limiter) => limiter.budget.reported({ used: 1, max: 1_000 }));
    const back = await call();

    expect(spent).toEqual(Array(2).fill({ kind: 'no-response', code: 'budget-spent', retryAfterMs: 300_000 }));
    expect(back).toMatchObject({ kind: 'response' });
    expect(probes).toEqual([startMs, startMs + 300_000]);
  });

  it('what no answer came to tells nothing', async () => {
    const { call, answering, store } = aLimitedHttp();
    answering({ kind: 'no-response', code: 'timeout' });

    expect(await call(reading({ refused: 'quota' }))).toEqual({ kind: 'no-response', code: 'timeout' });
    expect(store.counts.report).toBe(0);
  });

  it('stands, whether or not the table can be told of it', async () => {
    const { call, store, telemetry } = aLimitedHttp();
    store.report = () => Promise.reject(new Error('throttled'));

    const answer = await call(reading({ usage: { used: 1, max: 2 } }));

    expect(answer).toEqual(ok);
    expect(telemetry.lines).toMatchObject([{ level: 'warn', message: 'limits not told', system: 'stripe' }]);
  });
});

import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { failed, log, logOfSystem, stepsIn } from '../support/log-lines.ts';
import { fromStripe, integration, MemoryStage, nowMs } from '../support/stage.ts';
import { millrace as typed } from '../support/typed.ts';

let stage: MemoryStage;
beforeEach(() => {
  stage = new MemoryStage();
});

/** As where there are no colours. */
async function millrace(...words: readonly string[]) {
  const ended = await typed({ openStage: async () => stage, now: () => nowMs }, ...words);
  return { ...ended, out: stripVTControlCharacters(ended.out) };
}

describe('an event that was delivered', () => {
  beforeEach(() => {
    log(stage, { message: 'event queued', agoMs: 10_000 });
    log(stage, { message: 'attempt failed', agoMs: 9_741, attempts: 1, waitSeconds: 1, ...failed });
    logOfSystem(stage, { message: 'breaker opened', agoMs: 9_741, system: 'salesforce', reason: 'failures' });
    logOfSystem(stage, { message: 'breaker opened', agoMs: 9_000, system: 'endpoint', reason: 'failures' });
    log(stage, {
      message: 'delivery deferred',
      agoMs: 8_600,
      waitSeconds: 2,
      ...failed,
      code: 'breaker-open-failures',
    });
    logOfSystem(stage, { message: 'breaker closed', agoMs: 6_601, system: 'salesforce' });
    log(stage, { message: 'event delivered', agoMs: 6_600, destinationId: '001A', created: true, latencyMs: 3_400 });
    logOfSystem(stage, { message: 'breaker opened', agoMs: 1_000, system: 'salesforce', reason: 'failures' });
  });

  it('is told in the order of time, with what its systems did meanwhile, and what it came to', async () => {
    const { code, out } = await millrace('trace', 'evt_1');

    expect(code).toBe(0);
    expect(stepsIn(out)).toEqual([
      'received, and queued',
      '259 ms attempt 1 failed at salesforce.upsert: 503 SERVER_UNAVAILABLE; again in 1 s',
      '0 ms salesforce does not answer: calls to it are held back',
      '1.1 s not tried: calls to salesforce are held back; again in 2 s',
      '2.0 s salesforce is back: calls to it go on',
      '1 ms delivered to 001A, created',
    ]);
    expect(out).toContain(`${fromStripe}: stripe customer cus_1 -> salesforce Account 001A`);
    expect(out).toContain('Delivered to 001A, which it created, 3.4 s after it was received, at attempt 2.');
    expect(out).toContain('Looked through the logs of 3 functions since 2026-11-19 08:00 UTC (3 requests)');
    for (const fact of ['customer.updated', 'cus_1', 'corr-1', '(10 s ago)']) expect(out).toContain(fact);
  });

  it.each(['corr-1', 'cus_1'])('is found by %s, too', async (id) => {
    const byId = await millrace('trace', 'evt_1');

    expect((await millrace('trace', id)).out).toBe(byId.out);
  });

  it('is told to scripts', async () => {
    const { out } = await millrace('trace', 'evt_1', '--json');

    const { events, ...rest } = JSON.parse(out);
    const [{ flows, ...event }] = events;
    expect(rest).toEqual({
      id: 'evt_1',
      looked: { from: '2026-11-19T08:00:00.000Z', logGroups: 3, requests: 3, cutShort: [] },
    });
    expect(event).toEqual({
      integration,
      event: 'evt_1',
      type: 'customer.updated',
      key: 'cus_1',
      correlationId: 'corr-1',
      received: '2026-11-20T07:59:50.000Z',
      outcome: null,
    });
    expect(flows).toMatchObject([{ flow: fromStripe, state: 'delivered', destinationId: '001A' }]);
    expect(flows[0].steps[1]).toEqual({
      at: '2026-11-20T07:59:50.259Z',
      told: 'attempt 1 failed at salesforce.upsert: 503 SERVER_UNAVAILABLE; again in 1 s',
      message: 'attempt failed',
      code: 'SERVER_UNAVAILABLE',
      attempts: 1,
      waitSeconds: 1,
    });
  });
});

describe('an id that names several', () => {
  beforeEach(() => {
    for (const [index, eventId] of ['evt_1', 'evt_2'].entries()) {
      log(stage, { message: 'event queued', agoMs: 9_000 - index * 1_000, eventId });
    }
    log(stage, { message: 'event delivered', agoMs: 1_000, eventId: 'evt_1', destinationId: '001A' });
    log(stage, { message: 'echo dropped', agoMs: 500, eventId: 'evt_3', flow: undefined });
  });

  it('lists them to choose from', async () => {
    const { code, out } = await millrace('trace', 'cus_1');

    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.includes('evt_'))).toEqual([
      expect.stringMatching(/ 2026-11-20 07:59:51 .* evt_1 .* customer\.updated .* delivered \(stripe-customer/),
      expect.stringMatching(/ evt_2 .* queued \(/),
      expect.stringMatching(/ evt_3 .* received: our own change, coming back; dropped/),
    ]);
    expect(out).toContain('3 events. `millrace trace EVENT` tells all of one, --all of each.');
  });

  it('shows each, where that is asked for', async () => {
    const { out } = await millrace('trace', 'cus_1', '--all');

    expect(out.match(/│ Event +│ evt_\d/g)).toHaveLength(3);
    expect(out).toMatch(/Outcome +│ received: our own change/);
  });

  it('shows the only one that went into a flow: others are echoes', async () => {
    stage.logged.splice(1, 1);

    const { out } = await millrace('trace', 'cus_1');

    expect(out).toContain('Delivered to 001A');
    expect(out).toContain('1 other event of it went into no flow; --all shows all.');
  });
});

describe('an id that names nothing', () => {
  it('gets the nearest of what was seen lately, or is parked', async () => {
    log(stage, { message: 'event queued', agoMs: 60_000, eventId: 'evt_1Pqr' });
    await stage.park('evt_zzz');

    const seen = await millrace('trace', 'evt_1Pqs');
    const parked = await millrace('trace', 'evt_zzy', '--since', '30min');

    expect([seen.code, parked.code]).toEqual([3, 3]);
    expect(seen.err).toContain("'evt_1Pqs' was seen in the last 24h, and none is parked. Did you mean 'evt_1Pqr'?");
    expect(parked.err).toContain("in the last 30min, and none is parked. Did you mean 'evt_zzz'?");
  });

  it('is looked for no further back than is asked', async () => {
    log(stage, { message: 'event queued', agoMs: 3 * 3_600_000 });

    const [near, far] = [await millrace('trace', 'evt_1', '--since', '2h'), await millrace('trace', 'evt_1')];

    expect([near.code, far.code]).toEqual([3, 0]);
  });

  it('is told that ids with such characters are not logged', async () => {
    const { err } = await millrace('trace', 'ada@example.com');

    expect(err).toContain('Ids with such characters are not logged');
  });

  it.each(['5x', '0h', 'h', '-1h', '1 day'])('is not looked for since %s', async (since) => {
    const { code, err } = await millrace('trace', 'evt_1', `--since=${since}`);

    expect([code, err]).toEqual([2, expect.stringContaining(`--since '${since}' is no age.`)]);
  });
});

it('tells of what an outage of days repeats the first and the last', async () => {
  log(stage, { message: 'event queued', agoMs: 600_000 });
  for (let nth = 0; nth < 40; nth += 1) {
    const code = 'breaker-open-failures';
    log(stage, { message: 'delivery deferred', agoMs: 500_000 - nth * 1_000, waitSeconds: nth, ...failed, code });
  }

  const [text, json] = [await millrace('trace', 'evt_1'), await millrace('trace', 'evt_1', '--json')];

  expect(stepsIn(text.out)).toEqual([
    'received, and queued',
    '1 min 40 s not tried: calls to salesforce are held back; again in 0 s',
    '39.0 s 40 times the same, the last of them: not tried: calls to salesforce are held back; again in 39 s',
  ]);
  expect(JSON.parse(json.out).events[0].flows[0].steps).toHaveLength(41);
});

it('tells of an event in each of its flows', async () => {
  log(stage, { message: 'event queued', agoMs: 2_000 });
  log(stage, { message: 'event queued', agoMs: 2_000, flow: 'another-flow' });
  log(stage, { message: 'event skipped', agoMs: 1_000, flow: 'another-flow', reason: 'record is gone' });

  const { out } = await millrace('trace', 'evt_1');

  expect(out.indexOf(`${fromStripe}: stripe`)).toBeLessThan(out.indexOf('\nanother-flow\n'));
  expect(out).toContain('Skipped: record is gone.');
});

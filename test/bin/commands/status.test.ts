import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { paint } from '../../../bin/paint.ts';
import { thresholds } from '../../../functions/contract/thresholds.ts';
import { createHealth } from '../../../functions/state/health.ts';
import { createLateEvents } from '../../../functions/state/late-events.ts';
import { fromSalesforce, fromStripe, integration, MemoryStage, nowMs } from '../support/stage.ts';
import { type Situation, millrace as typed } from '../support/typed.ts';

const minuteMs = 60_000;

let stage: MemoryStage;
beforeEach(() => {
  stage = new MemoryStage();
});

/** As where there are no colours. */
async function millrace(...words: readonly string[]) {
  const typedIn = await millraceIn({}, ...words);
  return { ...typedIn, out: stripVTControlCharacters(typedIn.out) };
}
const millraceIn = (situation: Partial<Situation>, ...words: readonly string[]) =>
  typed({ openStage: async () => stage, now: () => nowMs, ...situation }, ...words);
const health = () => createHealth(stage.table, integration);

/** Opens a breaker, so many milliseconds ago. */
async function open(system: string, reason: 'failures' | 'auth' | 'operator', forMs: number): Promise<void> {
  const next = { state: 'open', reason, openedMs: nowMs - forMs, probeMs: nowMs + 12_000, generation: 1 } as const;
  await health().replaceBreaker(system, { state: 'closed', generation: 0 }, next);
}

/** The line of a table that is about a flow or system: the first one. */
const lineOf = (out: string, name: string) => out.split('\n').find((line) => line.includes(` ${name} `)) ?? '';

describe('on one screen', () => {
  it('all is well: every flow and system, and what nobody tells is -', async () => {
    const { code, out } = await millrace('status');

    expect(code).toBe(0);
    expect(out).toContain('millrace local, 2026-11-20 08:00:00 UTC');
    expect(lineOf(out, fromStripe)).toMatch(/ runs .* 0 .* 0 .* - .* 0 .* 0 .* 0 /);
    expect(lineOf(out, 'stripe')).toMatch(/ run .* - .* - /);
    expect(lineOf(out, 'endpoint')).toMatch(/ run /);
    expect(out).toContain('All is well.');
    expect(out).not.toMatch(/ github /);
  });

  it('shows what waits, and how long', async () => {
    stage.queued.set(fromStripe, { visible: 12, inFlight: 3 });
    stage.ages.set(fromStripe, 42);
    await createLateEvents(stage.table, integration, () => nowMs).note(fromStripe, {
      eventId: 'evt_late',
      subject: 'cus_1',
      sinceMs: nowMs - 7 * minuteMs,
    });

    const { out } = await millrace('status');

    expect(lineOf(out, fromStripe)).toMatch(/ 12 .* 3 .* 42 s.* 1 /);
    expect(out).toMatch(/warning.* WaitingMessages .*the oldest event has waited for 42 s/);
    expect(out).toMatch(/warning.* LateEvents .*1 late; evt_late has been tried for 7 min/);
  });

  it('shows what is parked, what stands behind it and what goes back', async () => {
    await stage.park('evt_1', { halts: true, parkedMs: nowMs - 3 * 60 * minuteMs });
    await stage.park('evt_2', { halts: true, status: 'waiting' });
    await stage.park('evt_3', { subject: 'cus_2', status: 'releasing' });
    await stage.park('evt_4', { subject: 'cus_3', status: 'delivered' });
    stage.deadLetters.set(fromStripe, { visible: 0, inFlight: 2 });

    const { out } = await millrace('status');

    expect(lineOf(out, fromStripe)).toMatch(/1 for 3 h, 1 behind, 1 releasing.* 2/);
    expect(out).toMatch(/critical.* ParkedEvents .*2 events parked/);
    expect(out).toMatch(/warning.* AgingDeadLetters .*2 dead letters on the way to be parked/);
  });

  it('shows what is held, by itself or by somebody, and what is held back', async () => {
    const refused = { reason: 'refused: INVALID_FIELD', refused: undefined };
    await health().replaceHold(fromStripe, { ...refused, reason: undefined, generation: 'absent' }, refused);
    await open('stripe', 'failures', 2 * minuteMs);
    await open('salesforce', 'auth', 1_000);

    const { out } = await millrace('status');

    expect(lineOf(out, fromStripe)).toContain('held itself');
    expect(lineOf(out, fromSalesforce)).toContain('runs');
    expect(lineOf(out, 'stripe')).toContain('held back for 2 min: it does not answer; next probe in 12 s');
    expect(lineOf(out, 'salesforce')).toContain('held back for 1 s: it refuses our credentials; next probe in 12 s');
    expect(out).toMatch(/critical.* FlowHeld .*held itself: refused: INVALID_FIELD/);
    expect(out).toMatch(/warning.* stripe .* BreakerOpen /);
    expect(out).toMatch(/critical.* salesforce .* AuthRefused /);
  });

  it('shows how much of the day is used, and how old tokens are', async () => {
    const reported = { used: 84_000, max: 100_000, atMs: nowMs - minuteMs, total: 10 };
    stage.limits.salesforce = { perDay: { calls: 100_000 } };
    stage.called.set('salesforce', { tatMs: 0, hours: new Map(), total: 17, reported, probeMs: 0 });
    await stage.table.put(`token:${integration}:salesforce`, { issuedMs: nowMs - 51 * minuteMs });

    const { out } = await millrace('status');

    expect(lineOf(out, 'salesforce')).toMatch(/84,007 of 100,000 \(84 %\).* 51 min/);
    expect(out).toMatch(/warning.* DailyBudget .*84 % of the day's calls are used/);
    expect(out).toMatch(/critical.* TokenAge .*51 min old/);
  });

  it('names the integration, too, where two have a system of the same name', async () => {
    const shop = { name: 'shop', systems: { stripe: { connector: 'stripe' } }, flows: { orders: {} } };

    const { out } = await millraceIn({ integrations: [shop, { ...shop, name: 'club', flows: {} }] }, 'status');

    for (const name of [' orders ', ' shop/stripe ', ' club/stripe ']) expect(out).toContain(name);
  });

  it('counts calls of a system that has no limit by the day', async () => {
    const hours = new Map([[Math.floor(nowMs / 3_600_000), 12]]);
    stage.called.set('stripe', { tatMs: 0, hours, total: 12, reported: undefined, probeMs: 0 });

    const { out } = await millrace('status');

    expect(lineOf(out, 'stripe')).toMatch(/ 12 /);
    expect(out).toContain('All is well.');
  });

  it('marks what is beyond a threshold, and nothing at it', async () => {
    const { queueDepth, stuckSeconds, waitingSeconds } = thresholds;
    stage.queued.set(fromStripe, { visible: queueDepth, inFlight: 0 });
    stage.ages.set(fromStripe, waitingSeconds);
    stage.queued.set(fromSalesforce, { visible: queueDepth + 1, inFlight: 0 });
    stage.ages.set(fromSalesforce, stuckSeconds + 1);

    const { out } = await millraceIn({}, 'status');

    expect(lineOf(out, fromStripe)).toBe(stripVTControlCharacters(lineOf(out, fromStripe)));
    expect(lineOf(out, fromSalesforce)).toContain(paint('warning', '10001'));
    expect(lineOf(out, fromSalesforce)).toContain(paint('critical', '5 min 1 s'));
    expect(out).toMatch(/ QueueDepth .*10001 events in the queue/);
    expect(out).toMatch(/ StuckMessages .*the oldest event has waited for 5 min 1 s/);
  });
});

it('names symptoms as the runbook does', async () => {
  const findings = readFileSync(new URL('../../../bin/status/findings.ts', import.meta.url), 'utf8');
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');

  const symptoms = [...findings.matchAll(/^ {4}\| '(\w+)'/gm)].map(([, symptom]) => symptom);

  expect(symptoms.length).toBeGreaterThan(8);
  expect(symptoms.filter((symptom) => !runbook.includes(`\n## ${symptom}\n`))).toEqual([]);
});

describe('--check', () => {
  it('exits with 4 where somebody must act, and with 0 where a look today is enough', async () => {
    stage.ages.set(fromStripe, 42);
    const warned = await millrace('status', '--check');
    await stage.park('evt_1');
    const critical = await millrace('status', '--check');
    const unchecked = await millrace('status');

    expect([warned.code, critical.code, unchecked.code]).toEqual([0, 4, 0]);
    expect(critical.out).toBe(unchecked.out);
  });

  it('does not go with --watch', async () => {
    const { code, err } = await millrace('status', '--check', '--watch');

    expect([code, err]).toEqual([2, expect.stringContaining('Give one of them.')]);
  });
});

describe('--json', () => {
  it('has a shape that scripts can rely on', async () => {
    stage.queued.set(fromStripe, { visible: 2, inFlight: 1 });
    await open('stripe', 'operator', minuteMs);
    await stage.park('evt_1');

    const { out } = await millrace('status', '--json');

    const { flows, systems, ...rest } = JSON.parse(out);
    expect(rest).toEqual({
      stage: 'local',
      at: '2026-11-20T08:00:00.000Z',
      findings: [
        { level: 'critical', symptom: 'ParkedEvents', integration, flow: fromStripe, message: '1 event parked' },
        { level: 'warning', symptom: 'BreakerOpen', integration, system: 'stripe', message: 'paused, for 1 min' },
      ],
    });
    expect(flows.find(({ flow }: { flow: string }) => flow === fromStripe)).toEqual({
      integration,
      flow: fromStripe,
      held: null,
      queue: { visible: 2, inFlight: 1, oldestSeconds: null },
      late: { count: 0, isComplete: true, events: [] },
      parked: { parked: 1, waiting: 0, releasing: 0, oldest: '2026-11-20T06:00:00.000Z' },
      deadLetters: { visible: 0, inFlight: 0 },
    });
    expect(systems.find(({ system }: { system: string }) => system === 'stripe')).toEqual({
      integration,
      system: 'stripe',
      breaker: { state: 'open', reason: 'operator', since: '2026-11-20T07:59:00.000Z', nextProbe: null },
      budget: null,
      tokenAgeSeconds: null,
    });
  });
});

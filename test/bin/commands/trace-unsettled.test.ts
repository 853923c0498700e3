import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHealth } from '../../../functions/state/health.ts';
import { failed, log, stepsIn } from '../support/log-lines.ts';
import { fromSalesforce, fromStripe, integration, MemoryStage, nowMs } from '../support/stage.ts';
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

describe('an event that waits', () => {
  const health = () => createHealth(stage.table, integration);

  it('for its next attempt', async () => {
    log(stage, { message: 'event queued', agoMs: 3_000 });
    log(stage, { message: 'attempt failed', agoMs: 2_000, attempts: 2, waitSeconds: 4, ...failed });

    const { out } = await millrace('trace', 'evt_1');

    expect(out).toContain(
      'Waits: attempt 2 failed at salesforce.upsert: 503 SERVER_UNAVAILABLE. It is tried again, not before 08:00:02.000 UTC (in 2.0 s).',
    );
  });

  it('for a system that is away', async () => {
    log(stage, { message: 'event queued', agoMs: 3_000 });
    const open = { state: 'open', reason: 'failures', openedMs: nowMs - 120_000, probeMs: nowMs + 12_000 } as const;
    await health().replaceBreaker('salesforce', { state: 'closed', generation: 0 }, { ...open, generation: 1 });

    const { out } = await millrace('trace', 'evt_1');

    expect(out).toContain('Waits: salesforce has not answered for 2 min. Next probe in 12.0 s; it goes on by itself');
  });

  it('for somebody to resume its flow, in the stage that was asked', async () => {
    log(stage, { message: 'event queued', agoMs: 3_000 });
    await health().replaceHold(
      fromStripe,
      { reason: undefined, refused: undefined, generation: 'absent' },
      { reason: 'operator', refused: undefined },
    );

    const { out } = await millrace('trace', 'evt_1', '--stage', 'prod');

    expect(out).toContain(`Waits: its flow is paused. \`millrace resume ${fromStripe} --stage prod\` lets it go.`);
  });

  it('behind others of its key, as its receives tell', async () => {
    log(stage, { message: 'event queued', agoMs: 3_000, messageId: 'message-1' });
    const history = { attempts: 0, deferrals: 0, othersSucceeded: [], suspect: false, marks: 0 };
    await stage.table.put(`history:${integration}:message-1`, { ...history, explained: 3 });
    const received = await millrace('trace', 'evt_1');
    await stage.table.put(`history:${integration}:message-1`, { ...history, explained: 0 });
    const unreceived = await millrace('trace', 'evt_1');

    expect(received.out).toContain('received 3 times, and handed back with what stands before it');
    expect(unreceived.out).toContain('In its queue, and not received yet');
  });

  it('with a create that was begun, and of which nobody knows yet', async () => {
    log(stage, { message: 'event queued', agoMs: 5_000, flow: fromSalesforce, subject: '001A' });
    await stage.table.put(`intent:${integration}:stripe/customer/001A`, { startedMs: nowMs - 4_000, gone: false });

    const { out } = await millrace('trace', 'evt_1');

    expect(stepsIn(out).at(-1)).toBe(
      '1.0 s began to create a record; what became of that is looked for at the next attempt',
    );
  });
});

describe('an event that was parked', () => {
  it('is to be released, by a command that can be copied', async () => {
    log(stage, { message: 'event queued', agoMs: 5_000 });
    log(stage, {
      message: 'event dead-lettered',
      agoMs: 4_000,
      reason: 'permanent failure at salesforce.upsert',
      category: 'permanent',
      code: 'INVALID_FIELD',
    });
    const onItsWay = await millrace('trace', 'evt_1');
    await stage.park('evt_1', { parkedMs: nowMs - 4_000 });
    const parked = await millrace('trace', 'evt_1', '--stage', 'prod');

    expect(stepsIn(parked.out).at(-1)).toBe(
      '1.0 s given up: permanent failure at salesforce.upsert (permanent, INVALID_FIELD)',
    );
    expect(onItsWay.out).toContain('Given up, and on its way into the parked table');
    expect(parked.out).toContain('release it: `millrace parked release evt_1 --stage prod`');
  });

  it('waits behind another one of its key', async () => {
    await stage.park('evt_0', { halts: true });
    await stage.park('evt_1', { halts: true, status: 'waiting' });

    const { out } = await millrace('trace', 'evt_1');

    expect(out).toContain('Waits behind evt_0 of its key, which must be released or discarded first.');
  });

  it('tells of its release by what came of it, and counts attempts anew', async () => {
    log(stage, { message: 'event queued', agoMs: 60_000 });
    log(stage, { message: 'attempt failed', agoMs: 59_000, attempts: 1, waitSeconds: 1, ...failed });
    log(stage, { message: 'event dead-lettered', agoMs: 58_000, reason: 'r', category: 'transient', code: 'c' });
    log(stage, { message: 'event parked', agoMs: 57_000 });
    log(stage, { message: 'event delivered', agoMs: 2_000, destinationId: '001A', created: false, latencyMs: 58_000 });
    await stage.park('evt_1', { status: 'delivered', settledMs: nowMs - 1_900, parkedMs: nowMs - 58_000 });

    const { out } = await millrace('trace', 'evt_1');

    expect(stepsIn(out).slice(-2)).toEqual(['released, by an operator', '55.0 s delivered to 001A']);
    expect(out).toContain('Delivered to 001A, 58.0 s after it was received, at attempt 1.');
  });

  it('is known longer than logs are kept', async () => {
    await stage.park('evt_1', { status: 'discarded', note: 'a test', settledMs: nowMs - 60_000 });

    const { code, out } = await millrace('trace', 'evt_1');

    expect(code).toBe(0);
    expect(stepsIn(out)).toEqual([
      'received',
      '2 h parked: permanent failure at salesforce.upsert (permanent, STRING_TOO_LONG)',
      '1 h 59 min discarded by an operator: a test',
    ]);
    expect(out).toContain('Discarded by an operator: a test.');
  });

  it('of an erased one nothing is left but that', async () => {
    await stage.park('evt_1');
    await stage.store.erase(fromStripe, 'evt_1');

    const { out } = await millrace('trace', 'evt_1');

    expect(out).toContain('Erased by an operator.');
    expect(out).not.toContain('cus_1');
  });
});

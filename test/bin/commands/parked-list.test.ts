import { beforeEach, describe, expect, it } from 'vitest';
import { S3Error } from '../../../functions/aws/signed-s3.ts';
import { aParkedEvent, fromSalesforce, fromStripe, MemoryStage, nowMs } from '../support/stage.ts';
import { millrace as typed } from '../support/typed.ts';

let stage: MemoryStage;

const millrace = (...words: readonly string[]) => typed({ openStage: async () => stage, now: () => nowMs }, ...words);

/** The table's lines that have cells. */
const linesOf = (out: string) => out.split('\n').filter((line) => line.includes('evt_'));

beforeEach(() => {
  stage = new MemoryStage();
});

describe('millrace parked list', () => {
  it('says so where nothing is parked', async () => {
    const { code, out } = await millrace('parked', 'list');

    expect([code, out]).toEqual([0, 'Nothing is parked.']);
  });

  it('shows what is not settled, by flow and then by time, and what stands before what waits', async () => {
    await stage.park('evt_late', { parkedMs: nowMs - 60_000, generation: 3 });
    await stage.park('evt_early', { parkedMs: nowMs - 3 * 3_600_000, subject: 'cus_2' });
    await stage.park('evt_account', { flow: fromSalesforce, subject: '001', halts: true });
    await stage.park('evt_behind', { flow: fromSalesforce, subject: '001', status: 'waiting', parkedMs: nowMs });
    await stage.park('evt_done', { status: 'delivered', subject: 'cus_3' });

    const { code, out } = await millrace('parked', 'list');

    expect(code).toBe(0);
    expect(linesOf(out)).toEqual([
      expect.stringMatching(
        / evt_early +.* stripe-customer-to-account +.* cus_2 .* parked .*permanent failure .* 3 .* 3 h .* 1 /,
      ),
      expect.stringMatching(/ evt_late .* cus_1 .* 1 min .* 3 /),
      expect.stringMatching(/ evt_account .* account-to-stripe-customer .* 001 .* parked /),
      expect.stringMatching(/ evt_behind .* waiting behind evt_account /),
    ]);
    expect(out).toContain('4 events, 3 parked.');
  });

  it('names the flow above its events, where a terminal is too narrow to name it beside each', async () => {
    await stage.park('evt_1');
    await stage.park('evt_2', { flow: fromSalesforce });

    const { out } = await typed({ openStage: async () => stage, now: () => nowMs, columns: 100 }, 'parked', 'list');

    const lines = out.split('\n');
    expect(lines.filter((line) => !/[│┌├└]/.test(line)).slice(0, 3)).toEqual([fromStripe, '', fromSalesforce]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('keeps to a flow and a key', async () => {
    await stage.park('evt_1');
    await stage.park('evt_2', { subject: 'cus_2' });
    await stage.park('evt_3', { flow: fromSalesforce });

    const ofKey = await millrace('parked', 'list', '--flow', fromStripe, '--key', 'cus_1');
    const ofNone = await millrace('parked', 'list', '--flow', fromStripe, '--key', 'cus_9');

    expect(linesOf(ofKey.out)).toEqual([expect.stringContaining('evt_1')]);
    expect(ofNone.out).toBe(`Nothing is parked of the key cus_9 in ${fromStripe}.`);
  });

  it('prints JSON for scripts, without messages; [] where there is nothing', async () => {
    const none = await millrace('parked', 'list', '--json');
    await stage.park('evt_1');

    const { out } = await millrace('parked', 'list', '--json');

    expect(JSON.parse(none.out)).toEqual([]);
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({
        event: 'evt_1',
        flow: fromStripe,
        key: 'cus_1',
        status: 'parked',
        generation: 1,
        reason: 'permanent failure at salesforce.upsert',
        parkedAt: '2026-11-20T06:00:00.000Z',
      }),
    ]);
    expect(out).not.toContain('ada@example.com');
  });
});

describe('millrace parked show', () => {
  it('shows everything about one, and what else of its key is parked', async () => {
    await stage.park('evt_1', { halts: true });
    await stage.park('evt_2', { status: 'waiting' });

    const { code, out } = await millrace('parked', 'show', 'evt_2');

    expect(code).toBe(0);
    for (const fact of [
      'waiting',
      'permanent',
      'STRING_TOO_LONG',
      'correlation-evt_2',
      '(2 h ago)',
      'cus_1',
      fromStripe,
    ]) {
      expect(out).toContain(fact);
    }
    expect(out).toContain('the first is released, and each lets the next one go');
    expect(out).toMatch(/ 1 +.* evt_1 +.* parked/);
    expect(out).toMatch(/-> +.* 2 +.* evt_2 +.* waiting/);
    expect(out).not.toContain('ada@example.com');
  });

  it('of a large one tells its size to all, and its data when that is asked for', async () => {
    const message = JSON.parse(aParkedEvent('evt_1').body ?? '');
    const claim = stage.largeData.hold(fromStripe, 'evt_1', { email: 'grace@example.com' });
    const body = JSON.stringify({ ...message, data: undefined, ...claim });
    await stage.park('evt_1', { body, dataBytes: 700_000 });

    const facts = await millrace('parked', 'show', 'evt_1');
    const whole = await millrace('parked', 'show', 'evt_1', '--body');
    stage.largeData.objects.clear();
    const gone = await millrace('parked', 'show', 'evt_1', '--body');

    expect([facts.code, whole.code, gone.code]).toEqual([0, 0, 0]);
    expect(facts.out).toMatch(/Data .* 684 KB, in the bucket for large data/);
    expect(facts.out).not.toContain('grace');
    expect(whole.out).toContain('grace@example.com');
    expect(gone.out).toContain('Its data, in the bucket for large data, is not there any more.');
  });

  it('names the action where its data may not be seen', async () => {
    const claim = stage.largeData.hold(fromStripe, 'evt_1', {});
    const message = JSON.parse(aParkedEvent('evt_1').body ?? '');
    await stage.park('evt_1', { body: JSON.stringify({ ...message, data: undefined, ...claim }) });
    stage.largeData.read = () => Promise.reject(new S3Error('s3:GetObject', 403, 'AccessDenied'));

    const { code, err } = await millrace('parked', 'show', 'evt_1', '--body');

    expect([code, err]).toEqual([1, expect.stringContaining('to s3:GetObject. Ask for that permission')]);
  });

  it('prints the message only when it is asked for', async () => {
    await stage.park('evt_1');
    await stage.park('evt_2', { body: 'no JSON', subject: undefined });
    await stage.park('evt_3', { status: 'delivered', body: undefined });

    const [message, other, none] = [
      await millrace('parked', 'show', 'evt_1', '--body'),
      await millrace('parked', 'show', 'evt_2', '--body'),
      await millrace('parked', 'show', 'evt_3', '--body'),
    ];

    expect(message.out).toContain('    "email": "ada@example.com"');
    expect(other.out).toContain('no JSON');
    expect(none.out).toContain('There is no message any more: the event is delivered.');
  });

  it('does not even read the message where it is not asked for: not everybody may', async () => {
    await stage.park('evt_1');
    stage.store.before.push(({ step }) => {
      if (step === 'read') throw new Error('not authorized to perform: dynamodb:GetItem');
    });

    const [facts, message] = [
      await millrace('parked', 'show', 'evt_1'),
      await millrace('parked', 'show', 'evt_1', '--body'),
    ];

    expect([facts.code, message.code]).toEqual([0, 1]);
    expect(message.err).toContain('not authorized');
  });

  it('tells of an erased one only that it was there', async () => {
    await stage.park('evt_1');
    await stage.store.erase(fromStripe, 'evt_1');

    const { out } = await millrace('parked', 'show', 'evt_1');

    expect(out).toMatch(/Status .* erased/);
    expect(out).not.toMatch(/Reason|First seen|cus_1/);
  });

  it('names the nearest where no event has that id', async () => {
    await stage.park('evt_1PqrStu');

    const { code, err } = await millrace('parked', 'show', 'evt_1PqrStv');

    expect(code).toBe(3);
    expect(err).toContain(
      "millrace parked show: No event 'evt_1PqrStv' was ever parked in any flow. Did you mean 'evt_1PqrStu'?",
    );
  });

  it('asks for the flow where several have an event of that id', async () => {
    await stage.park('evt_1');
    await stage.park('evt_1', { flow: fromSalesforce });

    const unclear = await millrace('parked', 'show', 'evt_1');
    const clear = await millrace('parked', 'show', 'evt_1', '--flow', fromSalesforce);

    expect([unclear.code, unclear.err]).toEqual([2, expect.stringContaining(`--flow ${fromStripe}`)]);
    expect([clear.code, clear.out]).toEqual([0, expect.stringContaining(fromSalesforce)]);
  });
});

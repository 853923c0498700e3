import { beforeEach, describe, expect, it } from 'vitest';
import { fromSalesforce, fromStripe, MemoryStage, nowMs } from '../support/stage.ts';
import { type Situation, millrace as typed } from '../support/typed.ts';

let stage: MemoryStage;

const situation = (more: Partial<Situation> = {}): Situation => ({
  openStage: async () => stage,
  now: () => nowMs,
  ...more,
});

const release = (...words: readonly string[]) => typed(situation(), 'parked', 'release', ...words);

beforeEach(() => {
  stage = new MemoryStage();
});

describe('millrace parked release ID', () => {
  it('sends it back, without a question', async () => {
    await stage.park('evt_1', { generation: 2 });

    const { code, out, questions } = await release('evt_1');

    expect([code, questions]).toEqual([0, []]);
    expect(out).toMatch(/evt_1 .* stripe-customer-to-account .* cus_1 .* released/);
    expect(stage.sent).toEqual(['evt_1@2']);
    expect(stage.statuses()).toEqual({ evt_1: 'releasing' });
  });

  it('given twice, sends it again safely, and says so', async () => {
    await stage.park('evt_1');
    await release('evt_1');

    const { code, out } = await release('evt_1');

    expect([code, out]).toEqual([0, expect.stringContaining('sent again: it was being released already')]);
    expect(stage.sent).toEqual(['evt_1@1', 'evt_1@1']);
  });

  it('says what stands before it, where its key halts', async () => {
    await stage.park('evt_1', { halts: true });
    await stage.park('evt_2', { status: 'waiting' });

    const { code, out } = await release('evt_2');

    expect([code, out]).toEqual([1, expect.stringContaining('stands behind evt_1 of its key, which must go first')]);
    expect(stage.sent).toEqual([]);
  });

  it.each([
    ['discarded', 1],
    ['delivered', 0],
  ] as const)('says of a settled one that it is %s', async (status, exit) => {
    await stage.park('evt_1', { status });

    const { code, out } = await release('evt_1');

    expect([code, out]).toEqual([exit, expect.stringContaining(`not released: it is ${status} already`)]);
    expect(stage.sent).toEqual([]);
  });

  it('names the nearest where nothing has that id', async () => {
    await stage.park('evt_12');

    const { code, err } = await release('evt_21');

    expect([code, err]).toEqual([3, expect.stringContaining("Did you mean 'evt_12'?")]);
  });
});

describe('millrace parked release --key', () => {
  it('sends back the first, where the key halts', async () => {
    await stage.park('evt_1', { halts: true });
    await stage.park('evt_2', { status: 'waiting' });

    const { code, questions } = await release('--key', 'cus_1');

    expect([code, questions]).toEqual([0, []]);
    expect(stage.sent).toEqual(['evt_1@1']);
  });

  it('sends back all of it in order, where it does not', async () => {
    await stage.park('evt_1', { parkedMs: nowMs - 1 });
    await stage.park('evt_2', { parkedMs: nowMs - 2 });
    await stage.park('evt_other', { subject: 'cus_2' });

    const { code } = await release('--key', 'cus_1', '--yes');

    expect(code).toBe(0);
    expect(stage.sent).toEqual(['evt_1@1', 'evt_2@1']);
  });

  it('tells a key that is settled from one that is unknown', async () => {
    await stage.park('evt_1', { status: 'delivered' });

    const settled = await release('--key', 'cus_1');
    const unknown = await release('--key', 'cus_2');

    expect([settled.code, settled.out]).toEqual([0, expect.stringContaining('nothing to release')]);
    expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining("Nothing is parked of the key 'cus_2'")]);
  });
});

describe('millrace parked release --all', () => {
  beforeEach(async () => {
    await stage.park('evt_2', { parkedMs: nowMs - 2_000 });
    await stage.park('evt_1', { parkedMs: nowMs - 3_000, flow: fromSalesforce });
    await stage.park('evt_3', { parkedMs: nowMs - 1_000, subject: 'cus_3', halts: true });
    await stage.park('evt_4', { parkedMs: nowMs - 9_000, subject: 'cus_3', status: 'waiting' });
    await stage.park('evt_5', { parkedMs: nowMs - 9_000, subject: 'cus_5', status: 'releasing' });
  });

  it('sends back what is parked, oldest first, ten a second, after a question', async () => {
    const { code, questions, sleeps, out } = await typed(situation({ answer: true }), 'parked', 'release', '--all');

    expect([code, questions]).toEqual([0, ['Release 3 events of stage local, 10 a second?']]);
    expect(stage.sent).toEqual(['evt_1@1', 'evt_2@1', 'evt_3@1']);
    expect(sleeps).toEqual([0, 100, 200]);
    expect(out.match(/released/g)).toHaveLength(3);
  });

  it('keeps to a flow and a rate', async () => {
    const { sleeps } = await release('--all', '--flow', fromStripe, '--rate', '0.5', '--yes');

    expect(stage.sent).toEqual(['evt_2@1', 'evt_3@1']);
    expect(sleeps).toEqual([0, 2_000]);
  });

  it.each([
    ['no', { answer: false }, 1, 'Nothing was released'],
    ['Ctrl-C', { answer: 'Ctrl-C' }, 130, 'nothing was done'],
    ['no terminal to ask in', {}, 2, 'This releases 3 events of stage local. Add --yes'],
  ] as const)('does nothing where the answer is %s', async (_, more, exit, message) => {
    const { code, err } = await typed(situation(more), 'parked', 'release', '--all');

    expect([code, err]).toEqual([exit, expect.stringContaining(message)]);
    expect(stage.sent).toEqual([]);
  });

  it('ends between two when it is interrupted, tells what was done, and goes on when it is given again', async () => {
    const onProgress: Situation['onProgress'] = (detail, interrupt) => {
      if (detail.endsWith(' 2 of 3')) interrupt();
    };

    const interrupted = await typed(situation({ answer: true, onProgress }), 'parked', 'release', '--all');
    const again = await typed(situation({ answer: true }), 'parked', 'release', '--all');

    expect([interrupted.code, interrupted.err]).toEqual([130, expect.stringContaining('Interrupted after 2 of 3.')]);
    expect(interrupted.out.match(/released/g)).toHaveLength(2);
    expect(again.code).toBe(0);
    expect(stage.sent).toEqual(['evt_1@1', 'evt_2@1', 'evt_3@1']);
  });

  it('keeps at most a hundred on their way, however many there are: live events stand behind no more of them', async () => {
    const parkAll = async (from: number, to: number, status: 'parked' | 'releasing') => {
      for (let n = from; n < to; n += 1) await stage.park(`evt_a${n}`, { subject: `cus_a${n}`, status });
    };
    await parkAll(0, 95, 'releasing');
    await parkAll(95, 100, 'parked');
    const waits: string[] = [];
    const onProgress: Situation['onProgress'] = (detail) => {
      if (!detail.includes('waiting')) return;
      // Three of them arrive.
      for (let n = 0; n < 3; n += 1) void stage.store.erase(fromStripe, `evt_a${3 * waits.length + n}`);
      waits.push(detail.replace(/^[█░]+ /, ''));
    };

    const words = ['parked', 'release', '--all', '--flow', fromStripe];
    const { code, sleeps } = await typed(situation({ answer: true, onProgress }), ...words);

    expect([code, stage.sent.length]).toEqual([0, 7]);
    expect(waits).toEqual(['4 of 7, waiting: 100 of stripe-customer-to-account are on their way']);
    expect(sleeps.filter((ms) => ms === 2_000)).toHaveLength(1);
  });

  it('can be interrupted while it waits for room', async () => {
    for (let n = 0; n < 100; n += 1) await stage.park(`evt_a${n}`, { subject: `cus_a${n}`, status: 'releasing' });
    const onProgress: Situation['onProgress'] = (detail, interrupt) => {
      if (detail.includes('waiting')) interrupt();
    };

    const { code, err } = await typed(situation({ answer: true, onProgress }), 'parked', 'release', '--all');

    expect([code, err]).toEqual([130, expect.stringContaining('Interrupted after 1 of 3.')]);
  });

  it('tells what was done where AWS fails in the middle', async () => {
    stage.refuses = (eventId) =>
      eventId === 'evt_2'
        ? Object.assign(new Error('User: ada is not authorized to perform: sqs:SendMessage'), { name: 'AccessDenied' })
        : undefined;

    const { code, out, err } = await release('--all', '--yes');

    expect([code, stage.sent]).toEqual([1, ['evt_1@1']]);
    expect(out).toMatch(/evt_1 .* released/);
    expect(err).toContain('Stopped after 1 of 3.');
    expect(err).toContain('is not authorized to perform: sqs:SendMessage. Ask for that permission');
  });

  it('goes on where one can not be released, and ends as failed', async () => {
    stage.refuses = (eventId) =>
      eventId === 'evt_1' ? new Error('The event evt_1 is no message of this version.') : undefined;
    await stage.park('evt_0', { parkedMs: 0, subject: undefined });

    const { code, out } = await release('--all', '--yes');

    expect([code, stage.sent]).toEqual([1, ['evt_2@1', 'evt_3@1']]);
    expect(out).toMatch(/evt_0 .* can only be discarded/);
    expect(out).toMatch(/evt_1 .* no message of this version/);
  });

  it('sums up what would be too long to read', async () => {
    for (let n = 10; n < 70; n += 1) await stage.park(`evt_${n}`, { subject: `cus_${n}` });

    const { out } = await release('--all', '--flow', fromStripe, '--yes');

    expect(out).toMatch(/stripe-customer-to-account: released .* 62 /);
    expect(out).not.toContain('evt_10');
  });

  it('says so where there is nothing to release', async () => {
    stage = new MemoryStage();

    const { code, out } = await release('--all');

    expect([code, out]).toEqual([0, 'Nothing is parked: there is nothing to release.']);
  });
});

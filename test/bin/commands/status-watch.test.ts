import { beforeEach, describe, expect, it } from 'vitest';
import { fromStripe, MemoryStage, nowMs } from '../support/stage.ts';
import { type Situation, millrace as typed } from '../support/typed.ts';

let stage: MemoryStage;
beforeEach(() => {
  stage = new MemoryStage();
});

const millrace = (...words: readonly string[]) => millraceIn({}, ...words);
const millraceIn = (situation: Partial<Situation>, ...words: readonly string[]) =>
  typed({ openStage: async () => stage, now: () => nowMs, ...situation }, ...words);

describe('status --watch', () => {
  const untilShown = (times: number) => (shown: number, interrupt: () => void) => {
    if (shown === times) interrupt();
  };

  it('looks again every two seconds until Ctrl-C, and asks for ages once a minute', async () => {
    let clock = nowMs;
    const onShown = (shown: number, interrupt: () => void) => {
      clock += 25_000;
      stage.queued.set(fromStripe, { visible: 100 + shown, inFlight: 0 });
      if (shown === 4) interrupt();
    };

    const { code, out, sleeps } = await millraceIn({ onShown, now: () => clock }, 'status', '--watch');

    expect(code).toBe(0);
    expect(sleeps).toEqual([2_000, 2_000, 2_000, 2_000]);
    expect(out.match(/ 10\d /g)).toEqual([' 101 ', ' 102 ', ' 103 ']);
    expect(stage.agesAsked).toBe(2);
  });

  it('prints a line of JSON for each look', async () => {
    const { out } = await millraceIn({ onShown: untilShown(3) }, 'status', '--watch', '--json');

    const lines = out.split('\n').map((line) => JSON.parse(line).stage);
    expect(lines).toEqual(['local', 'local', 'local']);
  });

  it('goes on where a look fails, and says so', async () => {
    const { depthsOf } = stage.queues;
    const onShown = (shown: number, interrupt: () => void) => {
      stage.queues.depthsOf = shown === 1 ? async () => Promise.reject(new Error('SQS is away.')) : depthsOf;
      if (shown === 3) interrupt();
    };

    const { code, out } = await millraceIn({ onShown }, 'status', '--watch');

    expect(code).toBe(0);
    expect(out.split('Could not look again: SQS is away.')).toHaveLength(2);
    expect(out.match(/All is well/g)).toHaveLength(3);
  });

  it('fails where it can not look at all', async () => {
    stage.queues.depthsOf = async () => Promise.reject(new Error('SQS is away.'));

    const { code, err } = await millrace('status', '--watch');

    expect([code, err]).toEqual([1, 'millrace status: SQS is away.']);
  });
});

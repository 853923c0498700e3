import { describe, expect, it } from 'vitest';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import { people, waitsBetween } from './support/people.ts';

const down = { kind: 'transient', code: 'http-503', status: 503 } as const;
const busy = { kind: 'busy', code: 'rate_limit', status: 429 } as const;
const atOnce = resolvePolicies({ retry: { giveUp: 'at-once' } });
const [hourMs, dayMs] = [3_600_000, 86_400_000] as const;

/** People of whom one can't be written, while others can: `step` delivers the next time that something is due. */
function onePoisonous(mayLand = false) {
  const delivery = people(40);
  const { clock, queue, send, poll, destination, ids } = delivery;
  destination.intercept(({ id, operation }) =>
    id === 'p1' && operation === 'write' ? { ...down, operation: 'fake.write', mayLand } : undefined,
  );
  let others = 0;
  async function step({ othersToo = true } = {}) {
    clock.advance(Math.max(0, (queue.nextVisibleAtMs() ?? 0) - clock.now()));
    others += 1;
    if (othersToo) send({ subject: ids[1 + (others % 39)] });
    await poll();
  }
  const tries = () => destination.asked.filter(({ id, operation }) => id === 'p1' && operation === 'write');
  return { ...delivery, step, tries };
}

describe('deliver: transient, while others succeed', () => {
  it('climbs the ladder, each wait in whole seconds', async () => {
    const { send, step, tries } = onePoisonous();
    send({ subject: 'p1' });

    for (let nth = 0; nth < 8; nth += 1) await step();

    expect(waitsBetween(tries())).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });

  it('is late after five attempts, said once, and is still tried', async () => {
    const { send, step, tries, telemetry, deadLetters } = onePoisonous();
    send({ subject: 'p1' });
    const late: (number | undefined)[] = [];

    for (let nth = 0; nth < 8; nth += 1) {
      await step();
      late.push(telemetry.counts.get('EventLate'));
    }

    expect(late).toEqual([undefined, undefined, undefined, undefined, 1, 1, 1, 1]);
    expect(tries()).toHaveLength(8);
    expect(deadLetters.messages).toEqual([]);
  });

  it('is parked as poison at the first failure after an hour', async () => {
    const { clock, send, step, tries, deadLetters, queue } = onePoisonous();
    const startMs = clock.now();
    send({ subject: 'p1', correlationid: 'corr-poison' });

    for (let nth = 0; nth < 40 && deadLetters.messages.length === 0; nth += 1) await step();

    expect(tries().map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([
      0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 3847,
    ]);
    expect(deadLetters.messages.map(({ attributes }) => attributes)).toMatchObject([
      {
        reason: 'attempts: 13 calls failed at fake.write',
        category: 'transient',
        attempts: 13,
        lastErrorCode: 'http-503',
        correlationId: 'corr-poison',
      },
    ]);
    expect(queue.messages).toEqual([]);
  });

  it('is no poison while nobody else uses the operation', async () => {
    const { clock, send, step, tries, deadLetters } = onePoisonous();
    const startMs = clock.now();
    send({ subject: 'p1' });

    for (let nth = 0; nth < 100; nth += 1) await step({ othersToo: false });

    expect(clock.now() - startMs).toBeGreaterThan(dayMs);
    expect(tries().length).toBeGreaterThan(20);
    expect(deadLetters.messages).toEqual([]);
  });

  it('is parked without another call where its last one may still be carried out', async () => {
    const { send, step, tries, deadLetters, handBacks, history } = onePoisonous(true);
    const messageId = send({ subject: 'p1' });
    for (let nth = 0; nth < 40 && history(messageId)?.parkAs === undefined; nth += 1) await step();
    const triesThen = tries().length;
    const waitedThen = handBacks.at(-1);

    await step();

    expect(waitedThen).toMatchObject({ messageIds: [messageId] });
    expect(waitedThen?.waitSeconds).toBeGreaterThanOrEqual(60);
    expect(tries()).toHaveLength(triesThen);
    expect(deadLetters.messages.map(({ attributes }) => attributes)).toMatchObject([
      { reason: `attempts: ${triesThen} calls failed`, category: 'transient', attempts: triesThen },
    ]);
  });
});

describe('deliver: transient, in a quiet pipeline', () => {
  it('lets a longer Retry-After win', async () => {
    const { send, run, destination } = people();
    destination.fail('write', { ...down, retryAfterMs: 20_000 }, 1);
    send();

    await run();

    expect(waitsBetween(destination.asked)).toEqual([20]);
  });

  it('after a timeout waits until the write can no longer land, with its followers', async () => {
    const { send, run, destination } = people();
    destination.fail('write', { kind: 'transient', code: 'timeout', mayLand: true }, 1);
    for (const correlationid of ['a', 'b']) send({ correlationid });

    await run();

    const writes = destination.asked.filter(({ operation }) => operation === 'write');
    expect(writes.map(({ correlationId }) => correlationId)).toEqual(['a', 'a', 'b']);
    expect(waitsBetween(writes)).toEqual([60, 0]);
  });

  it.each([
    ['two failures', down, 2],
    ['one timeout', { kind: 'transient', code: 'timeout' }, 1],
  ] as const)('opens the breaker at %s: then probes only, until the system is back', async (_what, failure, calls) => {
    const { send, pollFor, run, destination, telemetry, deadLetters } = people();
    destination.fail('write', failure);
    destination.fail('probe', failure);
    send();
    await pollFor(5 * 60_000);
    const whileDown = destination.idsOf('write').length;

    destination.recover();
    await run();

    expect(whileDown).toBe(calls);
    expect(destination.idsOf('write')).toHaveLength(calls + 1);
    expect(destination.idsOf('probe').length).toBeGreaterThanOrEqual(9);
    expect(telemetry.counts.get('BreakerOpened')).toBe(1);
    expect(telemetry.counts.get('AttemptFailed')).toBe(calls);
    expect(deadLetters.messages).toEqual([]);
  });

  it('is kept for twelve days and then parked, without a call, below the receives that a queue allows', async () => {
    const { clock, send, run, queue, destination, deadLetters } = people();
    const startMs = clock.now();
    destination.fail('write', down);
    destination.fail('probe', down);
    send({ correlationid: 'corr-old' });
    let receives = 0;
    let lastCallMs = 0;
    destination.intercept(({ operation, atMs }) => {
      lastCallMs = operation === 'write' ? atMs : lastCallMs;
      return undefined;
    });

    receives = await run(1_000);

    expect(receives).toBeLessThan(800);
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(12 * dayMs);
    expect(clock.now() - startMs).toBeLessThan(12 * dayMs + hourMs);
    expect(lastCallMs).toBeLessThan(clock.now());
    expect(queue.messages).toEqual([]);
    expect(deadLetters.messages.map(({ attributes }) => attributes)).toMatchObject([
      { reason: 'older than a queue may keep it', lastErrorCode: 'too-old', correlationId: 'corr-old' },
    ]);
  });

  it('what was delivered before is skipped and not parked, however old it is', async () => {
    const { clock, send, run, telemetry, deadLetters } = people();
    send({ id: 'evt_1' });
    await run();
    clock.advance(6 * 60_000);
    send({ id: 'evt_1' });
    clock.advance(12.5 * dayMs);

    await run();

    expect(telemetry.counts.get('EventSkipped')).toBe(1);
    expect(deadLetters.messages).toEqual([]);
  });
});

describe("deliver: transient, by the textbook's policy", () => {
  it('is a dead letter after the fifth attempt, sent once with the original body', async () => {
    const { clock, send, run, destination, queue, deadLetters, telemetry } = people(1, { policies: atOnce });
    const firstSeen = new Date(clock.now()).toISOString();
    destination.fail('write', down);
    send({ id: 'evt_lost', correlationid: 'corr-lost', receivedtime: firstSeen });
    const body = queue.messages[0]?.body;

    await run();

    expect(destination.idsOf('write')).toHaveLength(5);
    expect(telemetry.counts.get('AttemptFailed')).toBe(4);
    expect(telemetry.counts.get('EventDeadLettered')).toBe(1);
    expect(deadLetters.messages).toHaveLength(1);
    expect(deadLetters.messages[0]).toMatchObject({
      body,
      groupId: 'p1',
      attributes: {
        reason: 'attempts: 5 calls failed at fake.write',
        category: 'transient',
        attempts: 5,
        lastErrorCode: 'http-503',
        correlationId: 'corr-lost',
        firstSeen,
        generation: 1,
      },
    });
    expect(Object.keys(deadLetters.messages[0]?.attributes ?? {})).toHaveLength(7);
  });

  it('counts attempts only: deferrals in between do not bring the end nearer', async () => {
    const { send, run, destination, deadLetters } = people(1, { policies: atOnce });
    let calls = 0;
    destination.intercept(({ operation }) => {
      if (operation === 'probe') return undefined;
      calls += 1;
      return { ...(calls % 3 === 0 ? down : busy), operation };
    });
    send();

    await run();

    expect(calls).toBe(15);
    expect(deadLetters.messages[0]?.attributes).toMatchObject({ attempts: 5, category: 'transient' });
  });

  it('counts each event alone', async () => {
    const { send, run, destination, deadLetters } = people(2, { policies: atOnce });
    destination.intercept(({ id, operation }) => (id === 'p1' ? { ...down, operation } : undefined));
    send({ subject: 'p1' });
    send({ subject: 'p2' });

    await run();

    expect(deadLetters.messages.map(({ groupId }) => groupId)).toEqual(['p1']);
    expect(destination.idsOf('write').filter((id) => id === 'p2')).toHaveLength(1);
  });
});

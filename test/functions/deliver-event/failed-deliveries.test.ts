import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../functions/engine/outcome.ts';
import { ownClock } from './support/clock.ts';
import { aDelivery } from './support/delivery.ts';
import { FakeSystem } from './support/fake-system.ts';

function onePerson(differs = {}) {
  const clock = ownClock();
  const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
  source.records.set('p1', { name: 'Ada', bill_id: null });
  return { clock, source, destination, ...aDelivery({ clock, source, destination, differs }) };
}

const failures = {
  transient: { kind: 'transient', code: 'timeout' },
  busy: { kind: 'busy', code: 'rate_limit', status: 429 },
  auth: { kind: 'auth', code: 'INVALID_SESSION_ID', status: 401 },
  permanent: { kind: 'permanent', code: 'STRING_TOO_LONG', status: 400 },
} as const satisfies Record<string, Omit<Failure, 'operation'>>;

/** The waits, in seconds, between the calls of one operation. */
function waitsBetween(asked: readonly { atMs: number }[]): number[] {
  return asked.slice(1).map(({ atMs }, index) => (atMs - (asked[index]?.atMs ?? 0)) / 1000);
}

describe('deliver: busy', () => {
  it('waits for Retry-After, rounded up, and counts no attempt', async () => {
    const { send, run, destination, table, telemetry, deadLetters } = onePerson();
    destination.fail('write', { ...failures.busy, retryAfterMs: 90_001 }, 7);
    send();

    await run();

    expect(waitsBetween(destination.asked)).toEqual(Array(7).fill(91));
    expect([...table.tallies.values()]).toEqual([{ attempts: 0, deferrals: 7 }]);
    expect(telemetry.counts.get('DeliveryDeferred')).toBe(7);
    expect(telemetry.counts.get('AttemptFailed')).toBeUndefined();
    expect(deadLetters.messages).toEqual([]);
  });

  it('doubles its waits from 1 s to 60 s where the system names none', async () => {
    const { send, run, destination } = onePerson();
    destination.fail('write', failures.busy, 9);
    send();

    await run();

    expect(waitsBetween(destination.asked)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('is also what out-of-time is: back at once, no attempt', async () => {
    const { send, run, destination, handBacks, table } = onePerson();
    destination.fail('write', { kind: 'busy', code: 'out-of-time', retryAfterMs: 0 }, 1);
    send();

    await run();

    expect(handBacks.map(({ waitSeconds }) => waitSeconds)).toEqual([0]);
    expect([...table.tallies.values()]).toEqual([{ attempts: 0, deferrals: 1 }]);
  });
});

describe('deliver: auth', () => {
  it('waits 30 s as often as it takes, counts no attempt and parks nothing', async () => {
    const { send, run, source, destination, table, deadLetters, telemetry } = onePerson();
    source.fail('read', failures.auth, 40);
    send();

    await run();

    expect(waitsBetween(source.asked.filter(({ operation }) => operation === 'read'))).toEqual(Array(40).fill(30));
    expect([...table.tallies.values()]).toEqual([{ attempts: 0, deferrals: 40 }]);
    expect(deadLetters.messages).toEqual([]);
    expect(destination.idsOf('write')).toEqual(['p1']);
    expect(telemetry.counts.get('EventDelivered')).toBe(1);
  });
});

describe('deliver: transient', () => {
  it.each([
    [0, [1, 1, 3, 6]],
    [0.5, [1, 2, 4, 8]],
    [0.999, [1, 3, 5, 10]],
  ])('climbs the ladder, varied by 30 %% and in whole seconds (random %d)', async (random, waits) => {
    const { send, run, destination } = onePerson({ random: () => random });
    destination.fail('write', failures.transient, 4);
    send();

    await run();

    expect(waitsBetween(destination.asked)).toEqual(waits);
  });

  it('lets a longer Retry-After win', async () => {
    const { send, run, destination } = onePerson();
    destination.fail('write', { ...failures.transient, status: 503, retryAfterMs: 20_000 }, 1);
    send();

    await run();

    expect(waitsBetween(destination.asked)).toEqual([20]);
  });

  it('is a dead letter after the fifth attempt, sent once with the original body', async () => {
    const { clock, send, run, destination, queue, deadLetters, telemetry } = onePerson();
    const firstSeen = new Date(clock.now()).toISOString();
    destination.fail('write', failures.transient);
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
        lastErrorCode: 'timeout',
        correlationId: 'corr-lost',
        firstSeen,
      },
    });
    expect(Object.keys(deadLetters.messages[0]?.attributes ?? {})).toHaveLength(6);
  });

  it('counts attempts only: deferrals in between do not bring the end nearer', async () => {
    const { send, run, destination, deadLetters } = onePerson();
    let calls = 0;
    destination.intercept(({ operation }) => {
      calls += 1;
      return { ...(calls % 3 === 0 ? failures.transient : failures.busy), operation };
    });
    send();

    await run();

    expect(calls).toBe(15);
    expect(deadLetters.messages[0]?.attributes).toMatchObject({ attempts: 5, category: 'transient' });
  });

  it('counts each event alone', async () => {
    const { send, run, source, destination, deadLetters } = onePerson();
    source.records.set('p2', { name: 'Bob', bill_id: null });
    destination.intercept(({ id, operation }) => (id === 'p1' ? { ...failures.transient, operation } : undefined));
    send({ subject: 'p1' });
    send({ subject: 'p2' });

    await run();

    expect(deadLetters.messages.map(({ groupId }) => groupId)).toEqual(['p1']);
    expect(destination.idsOf('write').filter((id) => id === 'p2')).toHaveLength(1);
  });
});

describe('deliver: permanent', () => {
  it('is a dead letter at once, and the next message of the group proceeds in the same batch', async () => {
    const { send, poll, destination, deadLetters, queue } = onePerson();
    destination.fail('write', failures.permanent, 1);
    send({ id: 'evt_bad', correlationid: 'corr-bad' });
    send({ id: 'evt_good', correlationid: 'corr-good' });

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(queue.messages).toEqual([]);
    expect(destination.asked.map(({ correlationId }) => correlationId)).toEqual(['corr-bad', 'corr-good']);
    expect(deadLetters.messages.map(({ attributes }) => attributes)).toMatchObject([
      {
        reason: 'permanent failure at fake.write',
        category: 'permanent',
        lastErrorCode: 'STRING_TOO_LONG',
        correlationId: 'corr-bad',
      },
    ]);
  });

  it('is a mapping that throws: it would throw again', async () => {
    const { send, poll, source, destination, deadLetters, telemetry } = onePerson();
    source.records.set('p1', { name: 'unmappable Ada', bill_id: null });
    send();

    await poll();

    expect(destination.asked).toEqual([]);
    expect(deadLetters.messages[0]?.attributes).toMatchObject({
      category: 'permanent',
      lastErrorCode: 'mapping-failed',
    });
    expect(deadLetters.messages[0]?.attributes?.reason).toBe('permanent failure at map');
    expect(JSON.stringify(telemetry.lines)).not.toContain('Ada');
  });

  it('after a dead letter the same event, released, is tried anew and not taken for done', async () => {
    const { send, poll, destination, deadLetters, queue, clock } = onePerson();
    destination.fail('write', failures.permanent, 1);
    send({ id: 'evt_1' });
    await poll();
    const released = deadLetters.messages[0];

    clock.advance(6 * 60_000);
    queue.send({ groupId: 'p1', deduplicationId: 'release-1', body: released?.body ?? '' });
    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect([...destination.records.values()]).toMatchObject([{ title: 'Ada', crm_id: 'p1' }]);
  });
});

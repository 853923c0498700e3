import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../functions/engine/outcome.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import { people, waitsBetween } from './support/people.ts';

const failures = {
  busy: { kind: 'busy', code: 'rate_limit', status: 429 },
  auth: { kind: 'auth', code: 'INVALID_SESSION_ID', status: 401 },
  permanent: { kind: 'permanent', code: 'STRING_TOO_LONG', status: 400 },
} as const satisfies Record<string, Omit<Failure, 'operation'>>;
const oneByOne = resolvePolicies({ concurrency: { groups: 1 } });
const [hourMs, dayMs] = [3_600_000, 86_400_000] as const;

describe('deliver: busy', () => {
  it('waits for Retry-After, rounded up, and counts no attempt', async () => {
    const { send, run, destination, history, telemetry, deadLetters } = people();
    destination.fail('write', { ...failures.busy, retryAfterMs: 90_001 }, 7);
    const messageId = send();

    await run();

    expect(waitsBetween(destination.asked)).toEqual(Array(7).fill(91));
    expect(history(messageId)).toMatchObject({ attempts: 0, deferrals: 7, explained: 7 });
    expect(telemetry.counts.get('DeliveryDeferred')).toBe(7);
    expect(telemetry.counts.get('AttemptFailed')).toBeUndefined();
    expect(deadLetters.messages).toEqual([]);
  });

  it('doubles its waits from 1 s to 60 s where the system names none', async () => {
    const { send, run, destination } = people();
    destination.fail('write', failures.busy, 9);
    send();

    await run();

    expect(waitsBetween(destination.asked)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('is also what out-of-time is: back at once, no attempt', async () => {
    const { send, run, destination, handBacks, history } = people();
    destination.fail('write', { kind: 'busy', code: 'out-of-time', retryAfterMs: 0 }, 1);
    const messageId = send();

    await run();

    expect(handBacks.map(({ waitSeconds }) => waitSeconds)).toEqual([0]);
    expect(history(messageId)).toMatchObject({ attempts: 0, deferrals: 1 });
  });

  it('waits a fortieth of its age once that is longer, so that its receives last', async () => {
    const { clock, send, poll, queue, destination, handBacks } = people();
    destination.fail('write', { ...failures.busy, retryAfterMs: 1_000 });
    send();
    const waits: number[] = [];
    for (const ageMs of [0, 40_000, hourMs, 20 * hourMs, 11 * dayMs]) {
      clock.advance(ageMs - (clock.now() - (queue.messages[0]?.sentAtMs ?? 0)));
      await poll();
      waits.push(handBacks.at(-1)?.waitSeconds ?? 0);
    }

    expect(waits).toEqual([1, 1, 90, 1800, 1800]);
  });
});

describe('deliver: auth', () => {
  it('makes no call but a probe every 30 s, counts no attempt and parks nothing, for as long as it takes', async () => {
    const { send, pollFor, run, source, destination, history, deadLetters, telemetry } = people();
    source.fail('read', failures.auth);
    source.fail('probe', failures.auth);
    const messageId = send();
    await pollFor(hourMs);
    const whileRevoked = { reads: source.idsOf('read').length, history: history(messageId) };

    source.recover();
    await run();

    expect(whileRevoked).toMatchObject({ reads: 1, history: { attempts: 0 } });
    expect(whileRevoked.history).not.toHaveProperty('firstAttemptMs');
    expect(
      Math.min(...waitsBetween(source.asked.filter(({ operation }) => operation === 'probe'))),
    ).toBeGreaterThanOrEqual(30);
    expect(deadLetters.messages).toEqual([]);
    expect(destination.idsOf('write')).toEqual(['p1']);
    expect(telemetry.counts.get('EventDelivered')).toBe(1);
    expect(telemetry.counts.get('AttemptFailed')).toBeUndefined();
  });
});

describe('deliver: permanent', () => {
  it('is a dead letter at once, and the next message of the group proceeds in the same batch', async () => {
    const { send, poll, destination, deadLetters, queue } = people();
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
    const { send, poll, source, destination, deadLetters, telemetry } = people();
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

  it('of record after record by one code is the flow, not the events: the fifth holds it, and waits', async () => {
    const { send, poll, ids, destination, deadLetters, queue, handBacks, telemetry } = people(8, {
      policies: oneByOne,
    });
    destination.fail('write', failures.permanent);
    for (const subject of ids) send({ subject });

    await poll();
    await poll();

    expect(deadLetters.messages).toHaveLength(4);
    expect(queue.messages).toHaveLength(4);
    expect(telemetry.counts.get('FlowHeld')).toBeGreaterThan(0);
    expect(telemetry.lines.find(({ message }) => message === 'flow held')).toMatchObject({ code: 'STRING_TOO_LONG' });
    expect(handBacks.map(({ waitSeconds }) => waitSeconds)).toEqual([30, 30, 30, 30]);
  });

  it('of our own mapping holds no flow', async () => {
    const { send, poll, ids, source, deadLetters, telemetry } = people(8, { policies: oneByOne });
    for (const subject of ids) {
      source.records.set(subject, { name: `unmappable ${subject}`, bill_id: null });
      send({ subject });
    }

    await poll();

    expect(deadLetters.messages).toHaveLength(8);
    expect(telemetry.counts.get('FlowHeld')).toBeUndefined();
  });
});

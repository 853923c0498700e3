import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { powertoolsTelemetry } from '../../../functions/aws/telemetry.ts';
import { deadLetterAttributes } from '../../../functions/contract/names.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import { ownClock } from './support/clock.ts';
import { aDelivery } from './support/delivery.ts';
import { FakeSystem } from './support/fake-system.ts';

const person = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+44 20 7946 0000',
  street: '12 St James Square',
};
const quotes = Object.values(person);

/** A delivery that logs for real, and everything that it put out. */
function loggedDelivery() {
  const clock = ownClock();
  const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
  source.records.set('p1', { name: person.name, bill_id: null });
  // Powertools then writes to `console`, metrics included.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const written: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const spy = vi
      .spyOn(console, method)
      .mockImplementation((...texts) => void written.push(texts.map(String).join(' ')));
    onTestFinished(() => spy.mockRestore());
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const logger = new Logger({ serviceName: 'test/people-to-payers' });
  const metrics = new Metrics({ namespace: 'millrace-test', serviceName: 'test/people-to-payers' });
  const telemetry = powertoolsTelemetry(logger, metrics);
  const policies = resolvePolicies({ retry: { giveUp: 'at-once' } });
  const delivery = aDelivery({ clock, source, destination, telemetry, policies });
  const output = () => {
    metrics.publishStoredMetrics();
    return written.join('\n');
  };
  return { source, destination, ...delivery, output };
}

describe('dead letters', () => {
  it('takes an event that its schema refused, in its place, with the reason of the receiver', async () => {
    const clock = ownClock();
    const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
    source.records.set('p1', { name: 'Ada', bill_id: null });
    const { send, poll, deadLetters, telemetry } = aDelivery({ clock, source, destination });
    send({ correlationid: 'first' });
    send({ correlationid: 'invalid', invalidreason: 'invalid event: data.object.id: string' });
    send({ correlationid: 'last' });

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(destination.asked.map(({ correlationId }) => correlationId)).toEqual(['first', 'last']);
    expect(deadLetters.messages.map(({ attributes }) => attributes)).toEqual([
      {
        reason: 'invalid event: data.object.id: string',
        category: 'permanent',
        attempts: 0,
        lastErrorCode: 'invalid-event',
        correlationId: 'invalid',
        generation: 1,
        firstSeen: new Date(clock.now()).toISOString(),
      },
    ]);
    expect(telemetry.counts.get('EventDeadLettered')).toBe(1);
  });

  it.each([
    ['no JSON', 'hello'],
    ['another JSON', '{"id":"evt_1"}'],
    ['another version', JSON.stringify({ schemaversion: 2 })],
    ['an empty body', ''],
  ])('takes a body that is no message of ours: %s', async (_name, body) => {
    const clock = ownClock();
    const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
    const { queue, poll, deadLetters } = aDelivery({ clock, source, destination });
    queue.send({ groupId: 'g', deduplicationId: 'd', body });

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(deadLetters.messages).toMatchObject([
      { body, groupId: 'g', attributes: { lastErrorCode: 'not-a-message' } },
    ]);
    expect(Object.keys(deadLetters.messages[0]?.attributes ?? {}).toSorted()).toEqual(deadLetterAttributes.toSorted());
  });

  it('carries exactly the attributes of the contract, each with a text that SQS takes', async () => {
    const { send, poll, destination, deadLetters } = loggedDelivery();
    destination.fail('write', { kind: 'permanent', code: 'INVALID_FIELD', status: 400 });
    send();

    await poll();

    const attributes = deadLetters.messages[0]?.attributes ?? {};
    expect(Object.keys(attributes).toSorted()).toEqual(deadLetterAttributes.toSorted());
    expect(Object.values(attributes).every((value) => String(value).length > 0)).toBe(true);
    expect(Object.keys(attributes).length).toBeLessThanOrEqual(10);
  });

  it('puts personal data in no attribute, log line or metric, whatever fails', async () => {
    const { send, run, source, destination, deadLetters, table, output } = loggedDelivery();
    const outburst = () => {
      const message = `400 for ${quotes.join(', ')}\n    at ${person.email}\n    at ${person.street}`;
      return Object.assign(new Error(message, { cause: new Error(person.phone) }), { body: person });
    };
    const data = { object: { id: 'p1', ...person } };
    send({ data, correlationid: 'delivered' });
    send({ data, correlationid: 'invalid', invalidreason: 'invalid event: data.object.email: string' });
    let calls = 0;
    destination.intercept(({ operation }) => {
      if (operation === 'probe') return undefined;
      calls += 1;
      if (calls === 2) throw outburst();
      if (calls === 3) return { kind: 'busy', code: 'rate_limit', operation };
      return calls > 3 ? { kind: 'transient', code: 'timeout', operation } : undefined;
    });
    send({ data, correlationid: 'fails' });
    await run();
    source.records.set('p1', { name: `unmappable ${quotes.join(' ')}`, bill_id: null });
    send({ data, correlationid: 'unmappable' });

    await run();

    const told = output() + JSON.stringify(deadLetters.messages.map(({ attributes }) => attributes));
    for (const quote of quotes) expect(told).not.toContain(quote);
    for (const quote of quotes) expect(JSON.stringify([...table.rows])).not.toContain(quote);
    expect(deadLetters.messages.map(({ attributes }) => attributes?.correlationId)).toEqual([
      'invalid',
      'fails',
      'unmappable',
    ]);
    for (const line of [
      'event delivered',
      'unexpected error',
      'attempt failed',
      'breaker opened',
      'event dead-lettered',
      'MappingError',
    ]) {
      expect(told).toContain(line);
    }
    expect(told).toContain('EventDeadLettered');
  });
});

import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { powertoolsTelemetry } from '../../../functions/aws/telemetry.ts';

/** Telemetry for real, and the JSON lines that it wrote. */
function written() {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const lines: string[] = [];
  for (const method of ['log', 'info', 'warn'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((text: unknown) => void lines.push(String(text)));
    onTestFinished(() => spy.mockRestore());
  }
  const metrics = new Metrics({ namespace: 'millrace-test', serviceName: 'salesforce-stripe/stripe' });
  const telemetry = powertoolsTelemetry(new Logger({ serviceName: 'salesforce-stripe/stripe' }), metrics);
  const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { telemetry, metrics, parsed, lines };
}

describe('powertoolsTelemetry', () => {
  it('writes lines as JSON, with what it was given', () => {
    const { telemetry, parsed } = written();

    telemetry.info('event delivered', { correlationId: 'corr-1', latencyMs: 12 });
    telemetry.warn('attempt failed', { code: 'timeout' });

    expect(parsed()).toMatchObject([
      { level: 'INFO', message: 'event delivered', correlationId: 'corr-1', latencyMs: 12 },
      { level: 'WARN', message: 'attempt failed', code: 'timeout', service: 'salesforce-stripe/stripe' },
    ]);
  });

  it.each([
    ['cus_1', 'cus_1'],
    ['octo/mill#refs/heads/main', 'octo/mill#refs/heads/main'],
    ['ada@example.com', '(not an id)'],
    ['Ada Lovelace', '(not an id)'],
    ['x'.repeat(129), '(not an id)'],
  ])('writes the id of a sender only where it looks like one: %j', (id, logged) => {
    const { telemetry, parsed } = written();

    telemetry.info('event queued', { eventId: id, eventType: id, subject: id, destinationId: id });

    expect(parsed()).toMatchObject([{ eventId: logged, eventType: logged, subject: logged, destinationId: logged }]);
  });

  it('writes metrics in the embedded format: name, unit and namespace', () => {
    const { telemetry, metrics, parsed } = written();
    telemetry.count('EventDelivered');
    telemetry.count('EventDelivered');
    telemetry.milliseconds('DeliveryLatency', 12);

    metrics.publishStoredMetrics();

    expect(parsed()).toMatchObject([
      {
        service: 'salesforce-stripe/stripe',
        EventDelivered: [1, 1],
        DeliveryLatency: 12,
        _aws: {
          CloudWatchMetrics: [
            {
              Namespace: 'millrace-test',
              Metrics: [
                { Name: 'EventDelivered', Unit: 'Count' },
                { Name: 'DeliveryLatency', Unit: 'Milliseconds' },
              ],
            },
          ],
        },
      },
    ]);
  });

  // Bug: a message whose lines begin with "at" passed for frames of the stack, and what it quoted was logged.
  // Fix: only lines that end with a position in a file are taken.
  it('logs of an error its name and stack, never its message or cause', () => {
    const { telemetry, parsed, lines } = written();
    const cause = new Error('cause of ada@example.com');
    const error = new RangeError('first line of ada@example.com\n    at ada@example.com\nat ada@example.com', {
      cause,
    });

    telemetry.warn('unexpected error', {}, error);

    const [line] = parsed();
    expect(line).toMatchObject({ message: 'unexpected error', errorName: 'RangeError' });
    expect(String(line?.stack)).toContain('telemetry.test.ts');
    expect(lines.join()).not.toContain('ada');
  });

  it.each([undefined, null, 'ada@example.com', { message: 'ada@example.com' }])(
    'logs nothing of a cause that is no error: %j',
    (cause) => {
      const { telemetry, lines } = written();

      telemetry.warn('unexpected error', {}, cause);

      expect(lines).toHaveLength(1);
      expect(lines.join()).not.toContain('ada');
    },
  );
});

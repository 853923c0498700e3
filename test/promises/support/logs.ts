import { readFileSync } from 'node:fs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { inject } from 'vitest';
import { aws } from '../../support/clients.ts';
import { request } from '../../support/request.ts';
import { waitFor } from '../../support/wait-for.ts';
import { functionOf } from './names.ts';
import { flows } from './queues.ts';

const { lambda } = aws;

/** A line of a function's log; metrics are lines, too. */
export type LogEntry = Readonly<Record<string, unknown>> & { readonly message?: string };

/** Everything that all functions wrote so far, line by line. It lags behind by up to half a second. */
export function logLines(): string[] {
  return readFileSync(inject('pipeline').logs, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** The lines that are JSON and have all these values. */
export function logEntries(wanted: LogEntry): LogEntry[] {
  return logLines().flatMap((line) => {
    const entry = parse(line);
    return entry !== undefined && Object.entries(wanted).every(([name, value]) => entry[name] === value) ? [entry] : [];
  });
}

function parse(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}

/** Waits for the first line with all these values. */
export async function logEntry(wanted: LogEntry, timeoutMs = 15_000): Promise<LogEntry> {
  const look = () => logEntries(wanted)[0];
  const what = `a log line with ${JSON.stringify(wanted)}`;
  const soonMs = Math.min(timeoutMs, 5_000);
  try {
    return await waitFor(look, { timeoutMs: soonMs, what });
  } catch {
    await runAllOnce();
    return waitFor(look, { timeoutMs: timeoutMs - soonMs, what });
  }
}

/** On a busy machine the emulator may keep a function's last line back until that function runs again. */
async function runAllOnce(): Promise<void> {
  const { webhooks, caFile } = inject('pipeline');
  const unsigned = Object.values(webhooks).map(({ url }) => request(url, { body: '{}', caFile }));
  const noRecords = Object.values(flows).map((flow) =>
    lambda.send(
      new InvokeCommand({ FunctionName: functionOf('deliver-event', flow), Payload: Buffer.from('{"Records":[]}') }),
    ),
  );
  await Promise.all([...unsigned, ...noRecords]);
}

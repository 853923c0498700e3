import { appendFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientOptions, type Endpoint } from '../endpoint.ts';
import { createLogCursor, type LogCursor, type LogLine } from './log-cursor.ts';

/** How long to wait between two readings, in milliseconds. */
const intervalMs = 400;

/** A reading that takes longer than this is given up, in milliseconds: the endpoint hangs. */
const readingLimitMs = 3_000;

export interface FollowLogsOptions {
  readonly endpoint: Endpoint;
  /** Every log group whose name begins so is read. */
  readonly prefix: string;
  /** All lines are appended to this file. */
  readonly file: string;
  /** Gets every line once, those of one reading at a time. */
  readonly onLines: (lines: readonly string[]) => void;
  /** Older lines are left alone, in milliseconds since 1970. */
  readonly since: number;
}

/** Copies what the functions log, as it appears; resolves to what stops that, after one last reading. */
export async function followLogs(options: FollowLogsOptions): Promise<() => Promise<void>> {
  const client = new CloudWatchLogsClient({ ...(await clientOptions(options.endpoint)), maxAttempts: 1 });
  const cursors = new Map<string, LogCursor>();
  const stopped = new AbortController();
  const read = async () => {
    // An endpoint that is busy or going away: what is there is read the next time.
    const fresh = await readFresh(client, cursors, options).catch(() => []);
    if (fresh.length === 0) return;
    await appendFile(options.file, `${fresh.join('\n')}\n`);
    options.onLines(fresh);
  };
  const loop = async () => {
    while (!stopped.signal.aborted) {
      await read();
      await setTimeout(intervalMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  await appendFile(options.file, '', { mode: 0o600 });
  const looping = loop();
  return async () => {
    stopped.abort();
    await looping;
    await read();
    client.destroy();
  };
}

async function readFresh(
  client: CloudWatchLogsClient,
  cursors: Map<string, LogCursor>,
  { prefix, since }: FollowLogsOptions,
): Promise<string[]> {
  const abortSignal = AbortSignal.timeout(readingLimitMs);
  const groups = await groupsOf(client, prefix, abortSignal);
  const readings = await Promise.allSettled(
    groups.map(async (group) => {
      const cursor = cursors.get(group) ?? createLogCursor(since);
      cursors.set(group, cursor);
      return { cursor, lines: await linesOf(client, group, cursor.startTime, abortSignal) };
    }),
  );
  // Only now, when none can fail any more: a line that was taken must be shown.
  const fresh = readings.flatMap((reading) =>
    reading.status === 'fulfilled' ? reading.value.cursor.take(reading.value.lines) : [],
  );
  fresh.sort((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0));
  return fresh.map(({ message = '' }) => message.trimEnd());
}

async function groupsOf(client: CloudWatchLogsClient, prefix: string, abortSignal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  const pages = paginateDescribeLogGroups({ client }, { logGroupNamePrefix: prefix }, { abortSignal });
  for await (const page of pages)
    names.push(...(page.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []));
  return names;
}

async function linesOf(
  client: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
  abortSignal: AbortSignal,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const pages = paginateFilterLogEvents({ client }, { logGroupName, startTime }, { abortSignal });
  for await (const page of pages) lines.push(...(page.events ?? []));
  return lines;
}

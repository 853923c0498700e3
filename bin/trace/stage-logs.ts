import {
  type CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { mapBounded } from '../../functions/engine/map-bounded.ts';

/** A span of time, Unix milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LogLine {
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly text: string;
}

/** What a search has cost. */
export interface Scan {
  readonly groups: number;
  readonly requests: number;
  /** Log groups that had more to look through than may be, and the time up to which they were. */
  readonly cutShort: readonly { readonly group: string; readonly atMs: number }[];
}

/** What the functions of a stage log. */
export interface StageLogs {
  /** Lines that have a text in them, oldest first; `say` hears how far it is. */
  find(text: string, span: Span, say?: (progress: string) => void): Promise<{ lines: readonly LogLine[]; scan: Scan }>;
}

/** AWS takes few of these calls a second. */
const groupsAtOnce = 3;

/** One call looks through a megabyte or so. */
const mostRequestsAGroup = 100;

/** The watch, and those who renew secrets, handle no event. */
const withoutEvents = /-(watch-health|refresh-token|rotate-secret)/;

/** Logs in CloudWatch, in the groups whose names begin so. */
export function createStageLogs(client: CloudWatchLogsClient, prefix: string): StageLogs {
  let known: Promise<string[]> | undefined;

  async function readGroups(): Promise<string[]> {
    const names: string[] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: prefix })) {
      names.push(...logGroups.flatMap(({ logGroupName }) => logGroupName ?? []));
    }
    return names.filter((name) => !withoutEvents.test(name));
  }

  async function search(logGroupName: string, text: string, { fromMs, toMs }: Span) {
    // Between quotes it is looked for as it is, whatever is in it.
    const asked = { logGroupName, filterPattern: `"${text}"`, startTime: fromMs, endTime: toMs };
    const lines: LogLine[] = [];
    let requests = 0;
    for await (const { events = [], nextToken } of paginateFilterLogEvents({ client }, asked)) {
      requests += 1;
      lines.push(...events.map(({ timestamp = 0, message = '' }) => ({ atMs: timestamp, text: message })));
      if (requests < mostRequestsAGroup || nextToken === undefined) continue;
      return { lines, requests, cutShort: [{ group: logGroupName, atMs: lines.at(-1)?.atMs ?? fromMs }] };
    }
    return { lines, requests, cutShort: [] };
  }

  return {
    async find(text, span, say = () => {}) {
      known ??= readGroups();
      const groups = await known;
      let done = 0;
      const found = await mapBounded(groups, groupsAtOnce, async (group) => {
        const searched = await search(group, text, span);
        done += 1;
        say(`${done} of ${groups.length} log groups`);
        return searched;
      });
      return {
        lines: found.flatMap(({ lines }) => lines).toSorted((one, other) => one.atMs - other.atMs),
        scan: {
          groups: groups.length,
          requests: found.reduce((sum, { requests }) => sum + requests, 0),
          cutShort: found.flatMap(({ cutShort }) => cutShort),
        },
      };
    },
  };
}

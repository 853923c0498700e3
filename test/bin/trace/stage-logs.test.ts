import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';
import { createStageLogs } from '../../../bin/trace/stage-logs.ts';
import { answering, nowhere, type SentCommand } from '../../functions/aws/fake-client.ts';

const prefix = '/aws/lambda/millrace-dev-';
const groups = ['receive-webhook-stripe', 'deliver-event-flow', 'watch-health', 'refresh-token-salesforce'];
const span = { fromMs: 1_000, toMs: 9_000 };

/** Logs whose groups answer what `filter` does. */
function logsOf(filter: (input: Record<string, unknown>) => object) {
  const { client, sent } = answering(new CloudWatchLogsClient(nowhere), (...[name, input]: SentCommand) =>
    name === 'DescribeLogGroupsCommand'
      ? { logGroups: groups.map((group) => ({ logGroupName: `${prefix}shop-${group}` })) }
      : filter(input),
  );
  return { logs: createStageLogs(client, prefix), sent };
}

describe('the logs of a stage', () => {
  it('are searched for a text, in the groups of those who handle events, and put in the order of time', async () => {
    const { logs, sent } = logsOf(({ logGroupName }) => ({
      events: [{ timestamp: String(logGroupName).includes('receive') ? 3_000 : 2_000, message: String(logGroupName) }],
    }));
    const said: string[] = [];

    const { lines, scan } = await logs.find('evt_1', span, (progress) => said.push(progress));

    expect(lines).toEqual([
      { atMs: 2_000, text: `${prefix}shop-deliver-event-flow` },
      { atMs: 3_000, text: `${prefix}shop-receive-webhook-stripe` },
    ]);
    expect(scan).toEqual({ groups: 2, requests: 2, cutShort: [] });
    expect(said.at(-1)).toBe('2 of 2 log groups');
    expect(sent[0]?.[1]).toMatchObject({ logGroupNamePrefix: prefix });
    expect(sent[1]?.[1]).toMatchObject({ filterPattern: '"evt_1"', startTime: 1_000, endTime: 9_000 });
  });

  it('are read page by page, also where a page is empty', async () => {
    const { logs } = logsOf(({ logGroupName, nextToken }) => {
      if (!String(logGroupName).includes('deliver')) return { events: [] };
      return nextToken === undefined ? { events: [], nextToken: 'more' } : { events: [{ timestamp: 5, message: 'x' }] };
    });

    const { lines, scan } = await logs.find('evt_1', span);

    expect(lines).toEqual([{ atMs: 5, text: 'x' }]);
    expect(scan.requests).toBe(3);
  });

  it('are not read for ever: it is told how far', async () => {
    let page = 0;
    const { logs } = logsOf(({ logGroupName }) => {
      if (!String(logGroupName).includes('deliver')) return { events: [] };
      page += 1;
      return { events: [{ timestamp: page, message: 'x' }], nextToken: `page ${page}` };
    });

    const { scan } = await logs.find('evt_1', span);

    expect(scan).toEqual({
      groups: 2,
      requests: 101,
      cutShort: [{ group: `${prefix}shop-deliver-event-flow`, atMs: 100 }],
    });
  });

  it('are asked once which groups there are', async () => {
    const { logs, sent } = logsOf(() => ({ events: [] }));

    await logs.find('evt_1', span);
    await logs.find('evt_2', span);

    expect(sent.filter(([name]) => name === 'DescribeLogGroupsCommand')).toHaveLength(1);
  });
});

import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../functions/watch-health/handler.ts';
import { aContext, awsEndpoint, capturedLog } from '../aws/aws-endpoint.ts';

interface EmfLine {
  readonly service: string;
  readonly _aws?: { readonly CloudWatchMetrics: readonly { readonly Dimensions: unknown }[] };
}

/** The handler on a table in which `ledger` has been open since 1970, and what it wrote. */
async function aHandler() {
  const lines = capturedLog();
  const breaker = { state: 'open', reason: 'auth', openedMs: 0, probeMs: 30_000 };
  const calls = await awsEndpoint({
    'DynamoDB.GetItem': ({ Key }) => {
      const { S: pk } = (Key as { pk: { S: string } }).pk;
      if (pk !== 'breaker:shop-ledger:ledger') return {};
      return { Item: { pk: { S: pk }, value: { S: JSON.stringify(breaker) }, generation: { N: '3' } } };
    },
    'DynamoDB.Query': () => ({ Count: 2 }),
  });
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'shop-ledger/watch-health');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'millrace-test');
  vi.stubEnv('STATE_TABLE', 'state');
  vi.stubEnv('PARKED_TABLE', 'parked');
  vi.stubEnv(
    'LIMITS',
    JSON.stringify({ shop: { perSecond: { rate: 10, burst: 10 } }, ledger: { perDay: { calls: 100 } } }),
  );
  const handler = createHandler({
    integration: 'shop-ledger',
    systems: ['shop', 'ledger'],
    tokens: ['ledger'],
    flows: ['orders'],
  });
  const metrics = () => lines.map((line) => JSON.parse(line) as EmfLine).filter((line) => line._aws !== undefined);
  return { handler, calls, metrics };
}

it('watch-health reads items one by one, and emits a line for each system and flow, under its own label', async () => {
  const { handler, calls, metrics } = await aHandler();

  await handler({}, aContext);

  expect(new Set(calls.map(({ action }) => action))).toEqual(new Set(['DynamoDB.GetItem', 'DynamoDB.Query']));
  const byName = (line: object) => JSON.stringify(line, Object.keys(line).toSorted());
  const sorted = metrics().toSorted((a, b) => a.service.localeCompare(b.service) || byName(a).localeCompare(byName(b)));
  expect(sorted).toMatchObject([
    { service: 'shop-ledger/ledger', BreakerOpen: 1, AuthBreakerOpen: 1 },
    { service: 'shop-ledger/ledger', DailyBudgetUsed: 0 },
    { service: 'shop-ledger/orders', FlowOnHold: 0, ParkedEvents: 2 },
    { service: 'shop-ledger/shop', BreakerOpen: 0, BreakerOpenSeconds: 0, AuthBreakerOpen: 0 },
    { service: 'shop-ledger/watch-health', HealthWatched: 1 },
  ]);
  for (const { _aws } of metrics()) {
    expect(_aws?.CloudWatchMetrics).toMatchObject([{ Namespace: 'millrace-test', Dimensions: [['service']] }]);
  }
});

it('watch-health emits anew at every run, and nothing of the run before', async () => {
  const { handler, metrics } = await aHandler();

  await handler({}, aContext);
  await handler({}, aContext);

  expect(metrics()).toHaveLength(10);
  for (const line of metrics()) expect(JSON.stringify(line)).not.toContain('[0,0]');
});

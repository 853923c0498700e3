import { describe, expect, it } from 'vitest';
import type { Connector } from '../../../functions/connectors/connector.ts';
import { waitFor } from '../../support/wait-for.ts';
import { anOrder, order, restAt, simulatedEndpoint } from './support/plain.ts';
import {
  aCall,
  aCustomerWrite,
  account,
  anAccountWrite,
  customer,
  simulatedSalesforce,
  simulatedStripe,
} from './support/systems.ts';

let accounts = 0;
/** An account that nothing was begun for: a create of unknown outcome makes the next one wait. */
const newLink = () => ({ field: 'metadata.salesforce_account_id', value: `account-${++accounts}` });

const systems = [
  {
    name: 'Stripe',
    start: simulatedStripe,
    read: (connector: Connector, timeoutMs?: number) => connector.read(customer, 'cus_1', aCall(timeoutMs)),
    write: (connector: Connector, timeoutMs?: number) =>
      connector.write(aCustomerWrite({ fields: { name: 'Ada' }, link: newLink() }), aCall(timeoutMs)),
    busyCode: 'rate_limit',
  },
  {
    name: 'Salesforce',
    start: simulatedSalesforce,
    read: (connector: Connector, timeoutMs?: number) => connector.read(account, '001000000000001AAA', aCall(timeoutMs)),
    write: (connector: Connector, timeoutMs?: number) =>
      connector.write(anAccountWrite({ fields: { Name: 'Ada' } }), aCall(timeoutMs)),
    busyCode: 'REQUEST_LIMIT_EXCEEDED',
  },
  {
    name: 'REST',
    start: plainEndpoint,
    read: (connector: Connector, timeoutMs?: number) => connector.read(order, 'ord_1', aCall(timeoutMs)),
    write: (connector: Connector, timeoutMs?: number) => connector.write(anOrder(), aCall(timeoutMs)),
    busyCode: 'too_many_requests',
  },
] as const;

/** The simulated endpoint, as the other systems are started. */
async function plainEndpoint() {
  const { url, fault, call } = await simulatedEndpoint();
  const calls = async () => (await call('/_calls')).body as { status: number | null; fault: string | null }[];
  return { connector: restAt(url), fault, calls };
}

describe.each(systems)('$name, when it fails', ({ start, read, write, busyCode }) => {
  it('down is transient', async () => {
    const { connector, fault } = await start();
    await fault({ fault: 'down' });

    const outcomes = [await read(connector), await write(connector)];

    expect(outcomes).toMatchObject(Array(2).fill({ kind: 'transient', status: 503 }));
  });

  it('throttled is busy, for as long as it says', async () => {
    const { connector, fault } = await start();
    await fault({ fault: 'throttle', retryAfter: 7 });

    const outcomes = [await read(connector), await write(connector)];

    expect(outcomes).toMatchObject(Array(2).fill({ kind: 'busy', code: busyCode, retryAfterMs: 7_000, status: 429 }));
  });

  it('throttled without a time is busy without one', async () => {
    const { connector, fault } = await start();
    await fault({ fault: 'throttle' });

    const outcome = await write(connector);

    expect(outcome).toMatchObject({ kind: 'busy', status: 429 });
    expect(outcome).toHaveProperty('retryAfterMs', undefined);
  });

  it('slow within the time of a call is a success', async () => {
    const { connector, fault } = await start();
    await fault({ fault: 'slow', ms: 40 });

    const outcome = await write(connector);

    expect(outcome).toMatchObject({ kind: 'success', value: { created: true } });
  });

  it('slower than the time of a call is a transient timeout, at that time', async () => {
    const { connector, fault } = await start();
    await fault({ fault: 'slow', ms: 5_000 });
    const startedMs = performance.now();

    const outcome = await write(connector, 50);

    expect(outcome).toMatchObject({ kind: 'transient', code: 'timeout' });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('a cut connection is transient, and a write is sent once', async () => {
    const { connector, fault, calls } = await start();
    await fault({ fault: 'reset' });

    const outcome = await write(connector);

    expect(outcome).toMatchObject({ kind: 'transient', code: 'connection' });
    expect((await calls()).filter((call) => call.fault === 'reset')).toHaveLength(1);
  });

  it('a write is not repeated on a kept connection either', async () => {
    const { connector, fault, calls } = await start();
    await write(connector);
    await fault({ fault: 'reset' });

    const outcome = await write(connector);

    expect(outcome).toMatchObject({ kind: 'transient', code: 'connection' });
    expect((await calls()).filter((call) => call.fault === 'reset')).toHaveLength(1);
  });

  it('no time left is busy, and no call is made', async () => {
    const { connector, calls } = await start();
    const before = (await calls()).length;

    const outcomes = [await read(connector, 0), await write(connector, -1)];

    expect(outcomes).toMatchObject(Array(2).fill({ kind: 'busy', code: 'out-of-time', retryAfterMs: 0 }));
    expect((await calls()).length).toBe(before);
  });

  it('works again as soon as the system does', async () => {
    const { connector, fault } = await start();
    await fault({ fault: 'down', times: 1 });

    await write(connector);
    const outcome = await waitFor(async () => {
      const again = await write(connector);
      return again.kind === 'success' && again;
    });

    expect(outcome).toMatchObject({ kind: 'success' });
  });
});

import { describe, expect, it } from 'vitest';
import { success } from '../../../../functions/engine/outcome.ts';
import { anOrganization, field, kindsOf, ofEvent, upsertOf, writeAll } from '../support/organization.ts';
import { salesforceAt, salesforceToken } from '../support/systems.ts';

describe('Salesforce: when a call of several events fails', () => {
  it('a record that is refused fails alone, by the answer to a call of its own', async () => {
    const { connector, made, first } = await anOrganization();
    await first();

    const outcomes = await writeAll(connector, 4, (n) => upsertOf(n, n === 2 ? { Name: 'x'.repeat(256) } : {}));

    expect(kindsOf(outcomes)).toEqual(['success', 'success', 'permanent', 'success']);
    expect(outcomes[2]).toEqual({
      kind: 'permanent',
      code: 'STRING_TOO_LONG',
      operation: 'salesforce.upsert',
      status: 400,
    });
    expect((await made()).at(-1)).toBe(`PATCH /sobjects/Account/${field}/cus_2`);
  });

  it('a record that is locked is busy, and the others are written', async () => {
    const { connector, made, first, fault, accounts } = await anOrganization();
    await first();
    await fault({ fault: 'row-lock', record: 'cus_2' });

    const outcomes = await writeAll(connector, 4);

    const locked = { kind: 'busy', code: 'UNABLE_TO_LOCK_ROW', operation: 'salesforce.upsert', status: 200 };
    expect(outcomes[2]).toMatchObject(locked);
    expect((await accounts()).map(({ Name }) => Name)).toEqual(['No. 0', 'No. 1', 'No. 3']);
    expect(await made()).toHaveLength(2);
  });

  it('an answer that is lost leaves all of it in doubt, and is one failure for the breaker', async () => {
    const { connector, first, fault, accounts, told } = await anOrganization();
    await first();
    await fault({ fault: 'lost-response', operation: 'collections' });

    const [, ...outcomes] = await writeAll(connector, 4);

    const lost = { kind: 'transient', code: 'connection', operation: 'salesforce.upsert', mayLand: true };
    expect(outcomes).toMatchObject(Array(3).fill(lost));
    expect(await accounts()).toHaveLength(4);
    expect(told.filter(({ kind }) => kind === 'transient')).toHaveLength(3);
    expect(told.filter((one) => one.kind === 'transient' && !one.told)).toHaveLength(1);
  });

  it.each([
    ['down', { kind: 'transient', code: 'SERVER_UNAVAILABLE', status: 503 }],
    ['throttle', { kind: 'busy', code: 'REQUEST_LIMIT_EXCEEDED', status: 429, retryAfterMs: 7_000 }],
  ])('%s is what each of its events is told', async (kind, failure) => {
    const { connector, first, fault } = await anOrganization();
    await first();
    await fault({ fault: kind, operation: 'collections', ...(kind === 'throttle' && { retryAfter: 7 }) });

    const [alone, ...outcomes] = await writeAll(connector, 4);

    expect(alone?.kind).toBe('success');
    expect(outcomes).toMatchObject(Array(3).fill(failure));
  });

  it('the shortest time of its events is its own', async () => {
    const { connector, first, fault } = await anOrganization();
    await first();
    await fault({ fault: 'slow', ms: 3_000, operation: 'collections' });
    const startedMs = performance.now();

    const [, ...outcomes] = await Promise.all(
      [0, 1, 2].map((n) => connector.write(upsertOf(n), ofEvent(n, { timeoutMs: () => (n === 2 ? 150 : 5_000) }))),
    );

    expect(outcomes).toMatchObject(Array(2).fill({ kind: 'transient', code: 'timeout', mayLand: true }));
    expect(performance.now() - startedMs).toBeLessThan(1_500);
  });

  it('a token that is refused in between is renewed once, and the call made once more', async () => {
    const { token, freshToken, url, calls, before, first } = await anOrganization();
    const held = [token, salesforceToken(url, 'ended')];
    const renewed: string[] = [];
    const credentials = {
      get: async () => success(held.shift() ?? token),
      renew: async () => {
        renewed.push(await freshToken());
        return success(renewed.at(-1)!);
      },
    };
    await first();

    const outcomes = await writeAll(salesforceAt(credentials), 4);

    const data = (await calls()).slice(before).filter(({ path }) => path.includes('/data/'));
    expect(kindsOf(outcomes)).toEqual(Array(4).fill('success'));
    expect(data.map(({ status }) => status)).toEqual([201, 401, 200]);
    expect(renewed).toHaveLength(1);
  });
});

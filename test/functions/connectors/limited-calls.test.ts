import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Http, HttpRequest } from '../../../functions/connectors/connector.ts';
import { createHttp } from '../../../functions/connectors/http/client.ts';
import { limitedHttp } from '../../../functions/deliver-event/limited-http.ts';
import { Limiter } from '../../../functions/deliver-event/limiter.ts';
import { MemoryLimitStore } from '../deliver-event/support/limit-store.ts';
import { KeptTelemetry } from '../deliver-event/support/telemetry.ts';
import { anOrganization, kindsOf, ofEvent, upsertOf } from './support/organization.ts';
import {
  aCall,
  account,
  customer,
  HeldCredentials,
  salesforceAt,
  salesforceToken,
  simulatedStripe,
  stripeAt,
  stripeSecret,
} from './support/systems.ts';

/** A way to a system that counts permits, and what was asked by it. */
function aLimitedWay(limits = { perSecond: { rate: 1_000, burst: 1_000 }, perDay: { calls: 1_000 } }) {
  const store = new MemoryLimitStore();
  const requests: HttpRequest[] = [];
  const http = createHttp();
  const services = { system: 'a', now: Date.now, telemetry: new KeptTelemetry() };
  const limiter = new Limiter({
    ...services,
    limits,
    store,
    recheckMs: 1_000,
    probe: () => Promise.reject(new Error('not asked for here')),
    sleep: (ms) => setTimeout(ms),
  });
  const limited: Http = limitedHttp(
    (request) => {
      requests.push(request);
      return http(request);
    },
    { ...services, limiter },
  );
  return { http: limited, store, requests, state: () => store.states.get('a') };
}

describe('a limit counts calls, not what they are made for', () => {
  it('Stripe: one more where the key had to be read again', async () => {
    const { http, state } = aLimitedWay();
    const { url } = await simulatedStripe();
    const credentials = new HeldCredentials(stripeSecret(url, 'sk_old'), stripeSecret(url));

    await stripeAt(credentials, { http }).read(customer, 'cus_1', aCall());

    expect(state()?.total).toBe(2);
  });

  it('Salesforce: one more for each newer token', async () => {
    const { http, state } = aLimitedWay();
    const { url, token } = await anOrganization();
    const credentials = new HeldCredentials(...['expired', 'too'].map((text) => salesforceToken(url, text)), token);

    await salesforceAt(credentials, { http }).read(account, '001000000000001AAA', aCall());

    expect(state()?.total).toBe(3);
  });

  it('Salesforce: one for all records of a shared call', async () => {
    const { http, state } = aLimitedWay();
    const { connector, first, made } = await anOrganization({ http });
    await first();

    const outcomes = await Promise.all([0, 1, 2, 3].map((n) => connector.write(upsertOf(n), ofEvent(n))));

    expect(kindsOf(outcomes)).toEqual(Array(4).fill('success'));
    expect(await made()).toHaveLength(2);
    expect(state()?.total).toBe(2);
  });

  it('Salesforce: a shared call is as urgent as the most urgent event in it', async () => {
    const { http, requests } = aLimitedWay();
    const { connector, first } = await anOrganization({ http });
    const writeAs = (...classes: ('live' | 'replay')[]) =>
      Promise.all(classes.map((trafficClass, n) => connector.write(upsertOf(n), ofEvent(n, { trafficClass }))));

    await first();
    await writeAs('replay', 'replay', 'live', 'replay');
    await first();
    await writeAs('live', 'replay', 'replay');

    expect(requests.map(({ trafficClass }) => trafficClass)).toEqual(['replay', 'live', 'live', 'replay']);
  });

  it('Salesforce: a deferral of a shared call is one of each of its events, and nobody was asked', async () => {
    const { http } = aLimitedWay({ perSecond: { rate: 1_000, burst: 1_000 }, perDay: { calls: 1 } });
    const { connector, first, made } = await anOrganization({ http });
    await first();

    const [alone, ...outcomes] = await Promise.all([0, 1, 2].map((n) => connector.write(upsertOf(n), ofEvent(n))));

    const deferred = { kind: 'busy', code: 'budget-spent', operation: 'salesforce.upsert', unasked: true };
    expect(alone).toMatchObject({ kind: 'success' });
    expect(outcomes).toMatchObject([deferred, deferred]);
    expect(await made()).toHaveLength(1);
  });

  it('Salesforce: what it tells of the quota in an answer is known from then on', async () => {
    const { http, state } = aLimitedWay();
    const { connector } = await anOrganization({ http });

    await connector.write(upsertOf(1), ofEvent(1));

    expect(state()?.reported).toMatchObject({ max: 100_000, total: 1 });
  });
});

import { describe, expect, it } from 'vitest';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import { checkCredentials } from '../../../../functions/connectors/stripe/check-credentials.ts';
import { simulatedStripe, stripeSecret } from '../support/systems.ts';

const needed = { reads: ['customer'], writes: ['customer'] };

/** A key with these rights, tried; undefined: a key that nobody made. */
async function tryKey(permissions: object | undefined, rights = needed) {
  const system = await simulatedStripe();
  const body = JSON.stringify({ key: 'rk_new', permissions });
  if (permissions) await fetch(`${system.url}/_keys`, { method: 'POST', body });
  const check = (text = stripeSecret(system.url, 'rk_new')) =>
    checkCredentials(text, rights, {
      apiVersion: '2026-10-28.endive',
      http: createHttp(),
      now: Date.now,
      newId: () => 'id',
      timeoutMs: 5_000,
    });
  return { ...system, check };
}

const enough = { customers: 'write', events: 'read', balance: 'read' };

describe('checkCredentials', () => {
  it('takes a key that may do what flows need, and changes nothing', async () => {
    const { check, look, calls } = await tryKey(enough);

    expect(await check()).toMatchObject({ kind: 'success' });
    expect((await calls()).map(({ method, path, status }) => [method, path, status])).toEqual([
      ['GET', '/v1/balance', 200],
      ['GET', '/v1/customers', 200],
      ['POST', '/v1/customers/millrace_rotation_check', 404],
      ['GET', '/v1/events', 200],
    ]);
    expect((await look('/v1/customers')).data).toEqual([]);
    expect((await look('/v1/events')).data).toEqual([]);
  });

  it.each([
    ['is unknown', undefined, { operation: 'stripe.probe', status: 401 }],
    ['may not read the balance', { ...enough, balance: undefined }, { operation: 'stripe.probe', status: 403 }],
    ['may read nothing', { ...enough, customers: undefined }, { operation: 'stripe.read.customer', status: 403 }],
    ['may only read', { ...enough, customers: 'read' }, { operation: 'stripe.write.customer', status: 403 }],
    ['may not read events', { ...enough, events: undefined }, { operation: 'stripe.read.event', status: 403 }],
  ])('a key that %s is auth, by what it was refused', async (_what, permissions, failure) => {
    const { check } = await tryKey(permissions);

    expect(await check()).toMatchObject({ kind: 'auth', ...failure });
  });

  it('asks no more rights than flows need', async () => {
    const { check } = await tryKey({ customers: 'read', balance: 'read' }, { reads: ['customer'], writes: [] });

    expect(await check()).toMatchObject({ kind: 'success' });
  });

  it('a secret of another form is auth without a call', async () => {
    const { check, calls } = await tryKey(enough);

    expect(await check('rk_new')).toMatchObject({ kind: 'auth', code: 'credentials-malformed' });
    expect(await calls()).toEqual([]);
  });

  it.each([
    [{ fault: 'down' }, 'transient'],
    [{ fault: 'throttle' }, 'busy'],
  ])('%j says nothing of the key', async (fault, kind) => {
    const system = await tryKey(enough);
    await system.fault(fault);

    expect(await system.check()).toMatchObject({ kind });
  });
});

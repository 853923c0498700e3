import { describe, expect, it } from 'vitest';
import type { CredentialSource } from '../../../functions/connectors/connector.ts';
import { success } from '../../../functions/engine/outcome.ts';
import {
  aCall,
  account,
  customer,
  HeldCredentials,
  salesforceAt,
  salesforceToken,
  simulatedSalesforce,
  simulatedStripe,
  stripeAt,
  stripeSecret,
} from './support/systems.ts';

describe('refused credentials', () => {
  it('Stripe: reads the key again once, and repeats the call once', async () => {
    const { url, calls } = await simulatedStripe();
    const credentials = new HeldCredentials(stripeSecret(url, 'sk_old'), stripeSecret(url));

    const outcome = await stripeAt(credentials).read(customer, 'cus_1', aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'resource_missing' });
    expect(credentials.refused).toEqual([stripeSecret(url, 'sk_old')]);
    expect((await calls()).map(({ status }) => status)).toEqual([401, 404]);
  });

  it('Stripe: is auth after one call where there is no other key', async () => {
    const { url, calls } = await simulatedStripe();
    const credentials = new HeldCredentials(stripeSecret(url, 'sk_wrong'));

    const outcome = await stripeAt(credentials).read(customer, 'cus_1', aCall());

    expect(outcome).toMatchObject({ kind: 'auth', operation: 'stripe.read', status: 401 });
    expect((await calls()).map(({ status }) => status)).toEqual([401]);
  });

  it('Salesforce: fetches one new token after INVALID_SESSION_ID, and repeats the call once', async () => {
    const { url, token, calls } = await simulatedSalesforce();
    const credentials = new HeldCredentials(salesforceToken(url, 'expired'), token);

    const outcome = await salesforceAt(credentials).read(account, '001000000000001AAA', aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'NOT_FOUND' });
    expect(credentials.refused).toEqual([salesforceToken(url, 'expired')]);
    expect((await calls()).slice(1).map(({ status }) => status)).toEqual([401, 404]);
  });

  it('Salesforce: goes on as long as there are newer tokens, but makes no more than three calls', async () => {
    const { url, calls } = await simulatedSalesforce();
    const tokens = ['expired', 'of another container', 'new', 'newer'].map((token) => salesforceToken(url, token));
    const credentials = new HeldCredentials(...tokens);

    const outcome = await salesforceAt(credentials).read(account, '001000000000001AAA', aCall());

    expect(outcome).toMatchObject({ kind: 'auth', code: 'INVALID_SESSION_ID', status: 401 });
    expect((await calls()).slice(1).map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(credentials.refused).toEqual(tokens.slice(0, 2));
  });

  it('Salesforce: a new token that is refused, too, is what the source of tokens says of it', async () => {
    const { url, calls } = await simulatedSalesforce();
    const settling = { kind: 'busy', code: 'token-settling', operation: 'credentials.read', unasked: true } as const;
    const credentials = new HeldCredentials(salesforceToken(url, 'expired'), salesforceToken(url, 'new'), settling);

    const outcome = await salesforceAt(credentials).read(account, '001000000000001AAA', aCall());

    expect(outcome).toEqual(settling);
    expect((await calls()).slice(1).map(({ status }) => status)).toEqual([401, 401]);
  });

  it('tells the source of tokens what was answered, and how long the invocation lasts', async () => {
    const { url, token } = await simulatedSalesforce();
    const refusals: unknown[] = [];
    const credentials: CredentialSource = {
      get: async () => success(salesforceToken(url, 'expired')),
      renew: async (_refused, refusal) => {
        refusals.push(refusal);
        return success(token);
      },
    };

    await salesforceAt(credentials).read(account, '001', {
      ...aCall(),
      timeoutMs: (mostMs = 1_000) => Math.min(mostMs, 7_000),
    });

    expect(refusals).toEqual([{ failure: expect.objectContaining({ kind: 'auth', status: 401 }), timeoutMs: 7_000 }]);
  });

  it('no token yet: gets one before the first call', async () => {
    const { token, calls } = await simulatedSalesforce();
    const missing = { kind: 'auth', code: 'credentials-missing', operation: 'credentials.read' } as const;
    const credentials = new HeldCredentials(missing, token);

    const outcome = await salesforceAt(credentials).read(account, '001000000000001AAA', aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'NOT_FOUND' });
    expect(credentials.refused).toEqual([undefined]);
    expect((await calls()).slice(1).map(({ status }) => status)).toEqual([404]);
  });

  it.each([
    ['empty', ''],
    ['no JSON', 'sk_test_secret'],
    ['of another form', '{"key":"sk_test_secret"}'],
    ['without a value', '{"apiKey":""}'],
  ])('a secret that is %s is auth, without a call and without quoting it', async (_what, text) => {
    const stripe = await stripeAt(new HeldCredentials(text)).read(customer, 'cus_1', aCall());
    const salesforce = await salesforceAt(new HeldCredentials(text)).read(account, '001', aCall());

    const malformed = { kind: 'auth', code: 'credentials-malformed', operation: 'credentials.read' };
    expect(stripe).toEqual(malformed);
    expect(salesforce).toEqual(malformed);
  });

  it('secrets that can not be read are busy: the system and the event are well', async () => {
    const unavailable = { kind: 'busy', code: 'secrets-unavailable', operation: 'credentials.read' } as const;
    const credentials = new HeldCredentials(unavailable);

    const outcome = await stripeAt(credentials).read(customer, 'cus_1', aCall());

    expect(outcome).toEqual(unavailable);
    expect(credentials.refused).toEqual([]);
  });

  it('a renewal that fails decides the outcome', async () => {
    const { url } = await simulatedSalesforce();
    const failed = { kind: 'auth', code: 'token-not-refreshed', operation: 'credentials.read' } as const;

    const outcome = await salesforceAt(new HeldCredentials(salesforceToken(url, 'expired'), failed)).read(
      account,
      '001000000000001AAA',
      aCall(),
    );

    expect(outcome).toEqual(failed);
  });
});

import * as v from 'valibot';
import { defineFlow } from '../../../functions/specification/flow.ts';
import { defineIntegration } from '../../../functions/specification/integration.ts';
import { asIs, defineMapping, field } from '../../../functions/specification/mapping.ts';
import { defineSystem } from '../../../functions/specification/system.ts';
import { noScheme } from '../../support/no-scheme.ts';

/** An integration of our own: what users do in `integrations` must not break these tests. */
const webhook = { scheme: noScheme, reader: () => ({ unreadable: 'a fixture reads nothing' }) };

const shop = defineSystem({ name: 'shop', connector: 'stripe', apiVersion: '1', auth: 'api-key', webhook });
const ledger = defineSystem({
  name: 'ledger',
  connector: 'salesforce',
  apiVersion: '1',
  auth: 'client-credentials',
  limits: { perDay: { calls: 50_000 } },
  webhook: {
    ...webhook,
    scheme: { ...noScheme, ownSecret: { header: 'x-signature' } },
    secretMadeBy: 'millrace',
    quietAfterHours: 6,
  },
});

const buyerAccount = defineMapping({
  name: 'buyer-account',
  left: { system: 'shop', object: 'buyer', fields: { name: 'text', account: 'text' } },
  right: { system: 'ledger', object: 'Account', fields: { Name: 'text', Buyer: 'text' } },
  link: { left: 'account', right: 'Buyer' },
  fields: [field({ left: 'name', right: 'Name', toRight: asIs<string>, toLeft: asIs<string>, personal: true })],
});

const schema = v.object({ id: v.string() });

const buyerToAccount = defineFlow({
  name: 'buyer-to-account',
  source: { system: 'shop', events: ['buyer.changed'], schema, key: ({ id }) => id },
  mapping: buyerAccount,
  direction: 'right',
  operation: 'upsert',
  policies: { concurrency: { invocations: 7 } },
});

const accountToBuyer = defineFlow({
  name: 'account-to-buyer',
  source: { system: 'ledger', events: ['Account.UPDATE'], schema, key: ({ id }) => id },
  mapping: buyerAccount,
  direction: 'left',
  operation: 'update-or-create',
});

export const shopLedger = defineIntegration({
  name: 'shop-ledger',
  systems: { shop, ledger },
  mappings: { 'buyer-account': buyerAccount },
  flows: { 'buyer-to-account': buyerToAccount, 'account-to-buyer': accountToBuyer },
});

import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defineFlow, type Flow } from '../../../functions/specification/flow.ts';
import type { Integration } from '../../../functions/specification/integration.ts';
import { asIs, type Mapping } from '../../../functions/specification/mapping.ts';
import type { PolicyOverrides } from '../../../functions/specification/policies.ts';
import type { ProviderSystem, System } from '../../../functions/specification/system.ts';
import { problemsOf, SpecificationError, validateIntegrations } from '../../../functions/specification/validate.ts';
import { integrations } from '../../../integrations/integrations.ts';
import { noScheme } from '../../support/no-scheme.ts';

const shop: ProviderSystem = {
  name: 'shop',
  connector: 'stripe',
  apiVersion: '1',
  auth: 'api-key',
  webhook: {
    scheme: noScheme,
    reader: () => ({ unreadable: 'reads nothing' }),
  },
};
const ledger: System = { ...shop, name: 'ledger', connector: 'salesforce', auth: 'client-credentials' };
const buyerAccount: Mapping = {
  name: 'buyer-account',
  left: { system: 'shop', object: 'buyer', fields: { name: 'text', account: 'text' } },
  right: { system: 'ledger', object: 'Account', fields: { Name: 'text', Buyer: 'text' } },
  link: { left: 'account', right: 'Buyer' },
  fields: [{ left: 'name', right: 'Name', toRight: asIs, toLeft: asIs }],
};
const toAccount: Flow = defineFlow({
  name: 'to-account',
  source: { system: 'shop', events: ['buyer.changed'], schema: v.object({ id: v.string() }), key: ({ id }) => id },
  mapping: buyerAccount,
  direction: 'right',
  operation: 'upsert',
});

/** A sound integration, with one thing changed. */
function sound(changes: Partial<Integration> = {}): Integration {
  return {
    name: 'shop-ledger',
    systems: { shop, ledger },
    mappings: { 'buyer-account': buyerAccount },
    flows: { 'to-account': toAccount },
    policies: {},
    ...changes,
  };
}
const withShop = (changes: Partial<ProviderSystem>) => sound({ systems: { shop: { ...shop, ...changes }, ledger } });
const withFlow = (changes: Partial<Flow>) => sound({ flows: { 'to-account': { ...toAccount, ...changes } } });
const withMapping = (changes: Partial<Mapping>) => {
  const mapping = { ...buyerAccount, ...changes };
  return sound({ mappings: { 'buyer-account': mapping }, flows: { 'to-account': { ...toAccount, mapping } } });
};
const withPolicies = (policies: PolicyOverrides) => withFlow({ policies });

/** What validation says of one integration, a line a problem. */
const linesOf = (integration: Integration) =>
  problemsOf([integration]).map(({ path, problem, remedy }) => `${path} ${problem}. ${remedy}`);

describe('a sound specification', () => {
  it('passes', () => {
    expect(() => validateIntegrations([sound()])).not.toThrow();
  });

  it('may name any number within its limits', () => {
    const policies: PolicyOverrides = {
      retry: { attempts: 100, baseMs: 1, maxMs: 43_200_000, jitter: 0, giveUp: 'at-once', poisonAfterMs: 1 },
      busy: { baseMs: 1, maxMs: 1 },
      auth: { waitMs: 1 },
      unknown: { landsWithinMs: 1 },
      age: { share: 0.01, maxWaitMs: 1, parkMs: 1_123_200_000 },
      crash: { marks: 1 },
      hold: { refusals: 2, waitMs: 1 },
      breaker: { windowMs: 1, calls: 1, share: 0, inARow: 1, probeMs: 1_000, cacheMs: 0 },
      budget: { recheckMs: 1_000 },
      concurrency: { invocations: 2, groups: 1 },
      sharing: { reads: 1, writes: 10 },
    };

    expect(linesOf(withPolicies(policies))).toEqual([]);
  });

  it('is each of this repository', () => {
    expect(problemsOf(integrations)).toEqual([]);
  });
});

const names: [string, Integration, string][] = [
  ['an integration', sound({ name: 'Shop_Ledger' }), "name is 'Shop_Ledger'. Use lower-case"],
  ['a name that is too long', sound({ name: `a${'-b'.repeat(20)}` }), 'name has 41 characters. Use at most 40'],
  ['a system', withShop({ name: 'store' }), "systems.shop.name is 'store'. Name it 'shop' like its key"],
  ['a mapping', withMapping({ name: 'other' }), "mappings.buyer-account.name is 'other'"],
  ['a flow', withFlow({ name: 'other' }), "flows.to-account.name is 'other'"],
  ['a flow called like a system', sound({ flows: { shop: { ...toAccount, name: 'shop' } } }), 'flows.shop.name is the'],
];

const parts: [string, Integration, string][] = [
  ['no flows', sound({ flows: {} }), 'flows is empty. Add at least one flow.'],
  ['no API version', withShop({ apiVersion: ' ' }), 'systems.shop.apiVersion is empty'],
  [
    'a burst too small for its rate',
    withShop({ limits: { perSecond: { rate: 10, burst: 2 } } }),
    'perSecond.burst is 2',
  ],
  [
    'limits of a system that only sends',
    sound({ systems: { ...sound().systems, bell: { name: 'bell', webhook: shop.webhook!, limits: {} } } }),
    'systems.bell.limits is of a system that is never called',
  ],
  ['a huge body', withShop({ webhook: { ...shop.webhook!, maxBodyBytes: 5e6 } }), 'webhook.maxBodyBytes is 5000000'],
  ['a long quiet', withShop({ webhook: { ...shop.webhook!, quietAfterHours: 25 } }), 'webhook.quietAfterHours is 25'],
  [
    'no webhook',
    withShop({ webhook: undefined }),
    "source.system is 'shop', which has no webhook and no bridge. Give systems.shop",
  ],
  ['no events', withFlow({ source: { ...toAccount.source, events: [] } }), 'flows.to-account.source.events is empty'],
  [
    'an event twice',
    withFlow({ source: { ...toAccount.source, events: ['a', 'a'] } }),
    'source.events names a type twice',
  ],
  ['an unnamed event', withFlow({ source: { ...toAccount.source, events: [''] } }), 'source.events has an empty type'],
  [
    'an unknown source',
    withFlow({ source: { ...toAccount.source, system: 'crm' } }),
    'one of the systems: shop, ledger',
  ],
  [
    'an operation that the destination can not do',
    withFlow({ operation: 'update-or-create' }),
    "operation is 'update-or-create', which salesforce can't do safely. Use 'upsert'.",
  ],
  [
    'a destination that finds its records by a link, and a mapping without one',
    withMapping({ link: { left: 'account' } }),
    "flows.to-account.mapping has no link.right, by which salesforce finds what it wrote. Add link: { right: '<field of Account>' }",
  ],
  [
    'a wrong direction',
    withFlow({ direction: 'left' }),
    "direction is 'left', which reads ledger, but the events come",
  ],
  [
    'an unlisted mapping',
    withFlow({ mapping: { ...buyerAccount } }),
    "mapping is 'buyer-account', which mappings lacks",
  ],
];

const mappings: [string, Integration, string][] = [
  ['no fields', withMapping({ fields: [] }), 'mappings.buyer-account.fields is empty'],
  [
    'an unknown field',
    withMapping({ fields: [{ left: 'nmae', right: 'Name', toRight: asIs }] }),
    "mappings.buyer-account.fields[0].left is 'nmae', which buyer has not. Use a field of buyer",
  ],
  [
    'an unknown link',
    withMapping({ link: { left: 'account', right: 'Byer' } }),
    "link.right is 'Byer', which Account has not",
  ],
  [
    'an unknown system',
    withMapping({ left: { ...buyerAccount.left, system: 'crm' } }),
    "mappings.buyer-account.left.system is 'crm'. Use one of the systems: shop, ledger.",
  ],
  ['no transform', withMapping({ fields: [{ left: 'name', right: 'Name' }] }), 'fields[0] has no transform'],
  [
    'no transform this way',
    withMapping({ fields: [{ left: 'name', right: 'Name', toLeft: asIs }] }),
    "direction is 'right', but no field of the mapping has toRight. Give one toRight.",
  ],
  [
    'two fields into one',
    withMapping({ fields: ['name', 'account'].map((left) => ({ left, right: 'Name', toRight: asIs })) }),
    'fields[1] writes right.Name a second time',
  ],
];

const policies: [string, Integration, string][] = [
  [
    'no attempt',
    withPolicies({ retry: { attempts: 0 } }),
    'flows.to-account.policies.retry.attempts is 0. Use a whole',
  ],
  ['half an attempt', withPolicies({ retry: { attempts: 1.5 } }), 'policies.retry.attempts is 1.5'],
  ['much jitter', withPolicies({ retry: { jitter: 1 } }), 'policies.retry.jitter is 1. Use a share from 0'],
  [
    'endless waits',
    withPolicies({ retry: { maxMs: 43_200_001 } }),
    'retry.maxMs is 43200001. Use a whole number from 1',
  ],
  ['a wait of no time', withPolicies({ retry: { poisonAfterMs: 0 } }), 'policies.retry.poisonAfterMs is 0'],
  ['waits upside down', withPolicies({ busy: { baseMs: 90_000 } }), 'policies.busy.baseMs is 90000, more than maxMs'],
  [
    'a ladder upside down',
    withPolicies({ retry: { maxMs: 500 } }),
    'policies.retry.baseMs is 1000, more than maxMs. Use at most 500, or raise retry.maxMs.',
  ],
  [
    'a ladder turned upside down by another layer',
    sound({
      policies: { retry: { maxMs: 2_000 } },
      flows: { 'to-account': { ...toAccount, policies: { retry: { baseMs: 3_000 } } } },
    }),
    'flows.to-account.policies.retry.baseMs is 3000, more than maxMs. Use at most 2000',
  ],
  [
    'a landing of half a millisecond',
    withPolicies({ unknown: { landsWithinMs: 0.5 } }),
    'policies.unknown.landsWithinMs is 0.5',
  ],
  ['the whole age', withPolicies({ age: { share: 1 } }), 'policies.age.share is 1. Use a share from 0.01 up to'],
  [
    'an age that SQS never sees',
    withPolicies({ age: { parkMs: 14 * 86_400_000 } }),
    'policies.age.parkMs is 1209600000. Use a whole number from 1 to 1123200000.',
  ],
  ['no mark', withPolicies({ crash: { marks: 0 } }), 'policies.crash.marks is 0. Use a whole number from 1 to 100.'],
  ['one refusal', withPolicies({ hold: { refusals: 1 } }), 'policies.hold.refusals is 1. Use a whole number from 2'],
  ['all of its calls', withPolicies({ breaker: { share: 1 } }), 'policies.breaker.share is 1. Use a share'],
  ['probes all the time', withPolicies({ breaker: { probeMs: 999 } }), 'policies.breaker.probeMs is 999'],
  ['an old view', withPolicies({ breaker: { cacheMs: 60_001 } }), 'policies.breaker.cacheMs is 60001'],
  [
    'one invocation',
    withPolicies({ concurrency: { invocations: 1 } }),
    'concurrency.invocations is 1. Use a whole number',
  ],
  [
    'calls of many events',
    withPolicies({ sharing: { writes: 11 } }),
    'policies.sharing.writes is 11. Use a whole number from 1 to 10.',
  ],
  [
    'many groups',
    withPolicies({ concurrency: { groups: 11 } }),
    'concurrency.groups is 11. Use a whole number from 1 to 10',
  ],
  ['for all flows', sound({ policies: { auth: { waitMs: 0 } } }), 'shop-ledger: policies.auth.waitMs is 0'],
];

describe.each([
  ['names', names],
  ['systems and flows', parts],
  ['mappings', mappings],
  ['policies', policies],
])('refuses in %s', (_, cases) => {
  it.each(cases)('%s', (_name, integration, expected) => {
    expect(linesOf(integration).join('\n')).toContain(expected);
  });
});

describe('what is refused', () => {
  it('is told all at once, each with its remedy', () => {
    const wrong = { ...withPolicies({ retry: { attempts: 0 }, concurrency: { groups: 0 } }), name: 'Shop' };

    expect(() => validateIntegrations([wrong])).toThrow(SpecificationError);
    expect(() => validateIntegrations([wrong])).toThrow(
      /has 3 mistakes:\n- Shop: name .+\n- Shop: flows.+\n- Shop: flows.+$/,
    );
  });

  it('is one problem where one thing is wrong', () => {
    expect(linesOf(withPolicies({ retry: { attempts: 0 } }))).toHaveLength(1);
    expect(linesOf(withFlow({ direction: 'left' }))).toHaveLength(1);
  });

  it('is two integrations of one name', () => {
    expect(problemsOf([sound(), sound()])).toMatchObject([
      { path: 'shop-ledger: name', problem: 'is used by two integrations' },
    ]);
  });
});

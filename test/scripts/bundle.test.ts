import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPolicies } from '../../functions/specification/policies.ts';
import type { System } from '../../functions/specification/system.ts';
import salesforceStripe from '../../integrations/salesforce-stripe/integration.ts';
import { type Bundle, buildBundle } from '../../scripts/bundle/build.ts';
import { entriesOf } from '../../scripts/bundle/entries.ts';
import { isOverBudget, sizeTable } from '../../scripts/bundle/report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

let bundles: readonly Bundle[];
beforeAll(async () => {
  const entries = await entriesOf(salesforceStripe, root);
  bundles = await Promise.all(entries.map((entry) => buildBundle(entry, { root, folder })));
}, 60_000);

const bundle = (name: string) => bundles.find((each) => each.name === `salesforce-stripe/${name}`)!;
const fileOf = (name: string) => join(folder, 'salesforce-stripe', name, 'index.mjs');
const inputsLike = (name: string, pattern: RegExp) => bundle(name).inputs.filter((input) => pattern.test(input));

describe('the bundles', () => {
  it('are one for each source and its second door, flow, token, API key and own signing secret, one that parks, one that watches', () => {
    expect(bundles.map(({ name }) => name)).toEqual([
      'salesforce-stripe/receive-webhook-stripe',
      'salesforce-stripe/receive-webhook-salesforce',
      'salesforce-stripe/receive-event-stripe',
      'salesforce-stripe/receive-event-salesforce',
      'salesforce-stripe/deliver-event-stripe-customer-to-account',
      'salesforce-stripe/deliver-event-account-to-stripe-customer',
      'salesforce-stripe/refresh-token-salesforce',
      'salesforce-stripe/park-dead-letter',
      'salesforce-stripe/rotate-secret-stripe',
      'salesforce-stripe/rotate-webhook-secret-salesforce',
      'salesforce-stripe/watch-health',
    ]);
  });

  it('keep within their budgets', () => {
    expect(bundles.filter(isOverBudget)).toEqual([]);
  });

  it('hold the tracer only where the flow asks for it', () => {
    const traced = bundles.filter(({ inputs }) =>
      inputs.some((input) => /powertools\/tracer|aws-xray-sdk/.test(input)),
    );

    expect(traced.map(({ name }) => name)).toEqual(['salesforce-stripe/deliver-event-account-to-stripe-customer']);
  });

  it('hold no other scheme than the source signs with, and no connector to receive', () => {
    expect(inputsLike('receive-webhook-stripe', /^functions\/signatures\/(stripe|salesforce-callout)\.ts$/)).toEqual([
      'functions/signatures/stripe.ts',
    ]);
    expect(inputsLike('receive-webhook-stripe', /connector\.ts$|client-dynamodb|client-lambda/)).toEqual([]);
  });

  it('hold nothing to receive by the second door that reads secrets or verifies', () => {
    const found = inputsLike(
      'receive-event-stripe',
      /client-(secrets|dynamodb|lambda)|connector\.ts$|^functions\/receive-webhook\//,
    );

    expect(found).toEqual([]);
  });

  it('hold what signs only where a signing secret is made and tried', () => {
    const signing = bundles.filter(({ name }) => {
      return readFileSync(join(folder, name, 'index.mjs'), 'utf8').includes("The request can't be signed");
    });

    expect(signing.map(({ name }) => name)).toEqual(['salesforce-stripe/rotate-webhook-secret-salesforce']);
  });

  it('hold nothing of flows, systems and their connectors to park what they gave up', () => {
    expect(inputsLike('park-dead-letter', /^integrations\/|connectors\/|client-(lambda|secrets)|idempotency/)).toEqual(
      [],
    );
  });

  it('hold nothing of flows, systems and their connectors to watch them', () => {
    expect(inputsLike('watch-health', /^integrations\/|connectors\/|client-(sqs|lambda|secrets)/)).toEqual([]);
  });

  it('hold only the way in which a token is fetched where one is, and how keys are tried where that is done', () => {
    const ways =
      /^functions\/(connectors\/\w+\/(client-credentials|jwt-bearer|check-credentials)|(refresh-token|rotate-secret|rotate-webhook-secret)\/[\w-]+)\.ts$/;
    const holding = bundles.flatMap(({ name }) => {
      const inputs = inputsLike(name.replace('salesforce-stripe/', ''), ways);
      return inputs.length === 0 ? [] : [[name, inputs.map((input) => input.replace('functions/', ''))]];
    });

    expect(holding).toEqual([
      [
        'salesforce-stripe/refresh-token-salesforce',
        ['refresh-token/refresh.ts', 'refresh-token/handler.ts', 'connectors/salesforce/client-credentials.ts'],
      ],
      [
        'salesforce-stripe/rotate-secret-stripe',
        ['rotate-secret/check-taken.ts', 'rotate-secret/handler.ts', 'connectors/stripe/check-credentials.ts'],
      ],
      [
        'salesforce-stripe/rotate-webhook-secret-salesforce',
        ['rotate-webhook-secret/webhook-value.ts', 'rotate-webhook-secret/handler.ts'],
      ],
    ]);
  });

  it('of a system that signs in by JWT fetch tokens so', async () => {
    const elsewhere = join(folder, 'jwt');
    const file = join(elsewhere, 'integrations', 'orders', 'systems', 'crm.ts');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `export default { name: 'crm', connector: 'salesforce', apiVersion: '66.0', auth: 'jwt-bearer' };`,
    );
    const { default: crm } = (await import(file)) as { default: System };

    const entries = await entriesOf(
      { name: 'orders', systems: { crm }, mappings: {}, flows: {}, policies: {} },
      elsewhere,
    );
    const [refresh] = entries.filter(({ name }) => name === 'orders/refresh-token-crm');
    const built = await buildBundle(refresh!, { root, folder: elsewhere });

    expect(built.inputs).toContain('functions/connectors/salesforce/jwt-bearer.ts');
    expect(built.inputs).not.toContain('functions/connectors/salesforce/client-credentials.ts');
    expect(isOverBudget(built)).toBe(false);
  });

  it('hold no way to find credentials but the one of Lambda', () => {
    const found = bundles.flatMap(({ inputs }) => inputs.filter((input) => /credential-provider-(?!env)/.test(input)));

    expect(found.filter((input) => input.startsWith('node_modules'))).toEqual([]);
  });

  it('take Node itself by process.getBuiltinModule: an import of node:http costs 20 ms', () => {
    for (const { name } of bundles) {
      const text = readFileSync(join(folder, name, 'index.mjs'), 'utf8');
      expect(text).not.toMatch(/\bfrom\s*["'](node:)?(http|https|crypto|fs)["']/);
      expect(text).toContain('getBuiltinModule("node:');
    }
  });
});

describe('a bundle', () => {
  const environment = {
    PATH: process.env.PATH,
    AWS_REGION: 'eu-central-1',
    POWERTOOLS_SERVICE_NAME: 'salesforce-stripe/part',
    POWERTOOLS_METRICS_NAMESPACE: 'millrace-test',
    QUEUE_URLS: '{}',
    WEBHOOK_SECRET_ID: 'secret',
    QUEUE_URL: 'https://queue',
    DEAD_LETTER_QUEUE_URL: 'https://dead-letters',
    DEAD_LETTER_QUEUES: '{}',
    STATE_TABLE: 'table',
    PARKED_TABLE: 'parked',
    DATA_BUCKET: 'data',
    CREDENTIAL_SECRET_IDS: '{"stripe":"a","salesforce":"b"}',
    TOKEN_REFRESHERS: '{"salesforce":"refresh"}',
    CALL_TIMEOUT_MS: '1000',
    ALLOW_PRIVATE_ADDRESSES: 'false',
    LIMITS: '{}',
    POLICIES: JSON.stringify(defaultPolicies),
    CLIENT_SECRET_ID: 'client',
    TOKEN_SECRET_ID: 'token',
    AUTH_POLICY: JSON.stringify(defaultPolicies.auth),
    CREDENTIALS_SECRET_ID: 'key',
    WEBHOOK_SECRET_CLOCKS: JSON.stringify(defaultPolicies.webhookSecret),
  };

  it.each([
    'receive-webhook-stripe',
    'receive-event-salesforce',
    'deliver-event-stripe-customer-to-account',
    'deliver-event-account-to-stripe-customer',
    'refresh-token-salesforce',
    'park-dead-letter',
    'rotate-secret-stripe',
    'rotate-webhook-secret-salesforce',
    'watch-health',
  ])('%s starts with nothing beside it, and exports its handler', (name) => {
    const script = `const { handler } = await import(${JSON.stringify(fileOf(name))}); console.log(typeof handler);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    });

    expect(output.trim()).toBe('function');
  });

  it('is the same, and left alone, when nothing changed', async () => {
    const [entry] = await entriesOf(salesforceStripe, root);
    const before = statSync(fileOf('receive-webhook-stripe'));

    const again = await buildBundle(entry!, { root, folder });

    expect(again.bytes).toBe(before.size);
    expect(statSync(fileOf('receive-webhook-stripe')).mtimeMs).toBe(before.mtimeMs);
  });

  it('is told to be over its budget in the table, with its size', () => {
    const small = { name: 'a/small', module: '', budgetKb: 420, bytes: 420 * 1024, inputs: [] };
    const large = { ...small, name: 'a/large', bytes: 420 * 1024 + 1 };

    expect([small, large].map(isOverBudget)).toEqual([false, true]);
    expect(sizeTable([small, large])).toBe('a/small   420 KB of 420\na/large   420 KB of 420  OVER BUDGET\n');
  });
});

describe('an integration whose parts are not in their files', () => {
  it('is refused with the file that is missing', async () => {
    await expect(entriesOf(salesforceStripe, folder)).rejects.toThrow(
      /There is no integrations\/salesforce-stripe\/systems\/stripe\.ts\. Put 'stripe' there as the default export/,
    );
  });

  it('is refused where the file holds something else', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const systems = join(elsewhere, 'integrations', 'salesforce-stripe', 'systems');
    mkdirSync(systems, { recursive: true });
    writeFileSync(join(systems, 'stripe.ts'), 'export default {};\n');

    await expect(
      entriesOf({ ...salesforceStripe, systems: { stripe: salesforceStripe.systems.stripe! }, flows: {} }, elsewhere),
    ).rejects.toThrow(/systems\/stripe\.ts does not export 'stripe' as its default/);
  });
});

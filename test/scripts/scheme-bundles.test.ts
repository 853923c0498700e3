import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildBundle } from '../../scripts/bundle/build.ts';
import { budgets } from '../../scripts/bundle/entry.ts';
import { isOverBudget } from '../../scripts/bundle/report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = 'functions/signatures';
const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts') && name !== 'schemes.ts');

/** What a receiver that verifies by this file has of it, not minified, so that names stay. */
async function bundleOf(file: string) {
  const source = readFileSync(join(root, folder, file), 'utf8');
  const exported = [...source.matchAll(/^export function (\w+)/gm)].map(([, name = '']) => name);
  const [scheme] = exported.filter((name) => !name.startsWith('sign'));
  const contents = `import { ${scheme} } from './${folder}/${file}'; export const handler = ${scheme};`;
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const parts = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { file, exported, text: outputFiles[0]!.text, parts: parts.map(([name]) => name.replace(`${folder}/`, '')) };
}

let bundles: Awaited<ReturnType<typeof bundleOf>>[];
beforeAll(async () => {
  bundles = await Promise.all(files.map(bundleOf));
});

const bundle = (file: string) => bundles.find((each) => each.file === file)!;

describe('the bundle of a scheme', () => {
  it.each(files)('%s holds no other scheme than the one it is made of', (file) => {
    const others = bundle(file).parts.filter((part) => files.includes(part) && part !== file && part !== 'hmac.ts');

    expect(others).toEqual([]);
  });

  it.each(files)('%s holds nothing that signs', (file) => {
    const { exported, text } = bundle(file);
    const signing = exported.filter((name) => name.startsWith('sign'));

    expect(signing).toHaveLength(file === 'paypal.ts' ? 0 : 1);
    expect([...signing, 'createPrivateKey(', 'keyedHash('].filter((name) => text.includes(name))).toEqual([]);
  });

  it.each(files.filter((file) => file !== 'paypal.ts'))(
    '%s holds nothing of certificates, and waits for nothing',
    (file) => {
      const { parts, text } = bundle(file);

      expect(parts.filter((part) => part.includes('certificate'))).toEqual([]);
      expect(text).not.toMatch(/\b(async|await)\b/);
    },
  );

  it('paypal.ts holds its own, and no way to call anybody', () => {
    const { parts, text } = bundle('paypal.ts');

    expect(parts).toContain('parts/certificate-chain.ts');
    expect(text).not.toMatch(/node:(http|https|net|tls)/);
  });

  it('paypal.ts: a receiver with it, and with all that it calls by, keeps the budget and starts', async () => {
    const { made, printed } = await receiverOf(`
import { readJson } from './functions/connectors/http/json-webhook.ts';
import { publicCertificates } from './functions/connectors/http/public-certificates.ts';
import { paypal } from './functions/signatures/paypal.ts';
const webhook = {
  scheme: paypal({ certificates: publicCertificates() }),
  reader: readJson({ id: '/id', type: '/event_type' }),
};`);

    expect(isOverBudget(made)).toBe(false);
    expect(printed).toBe('function');
  });

  it('an XML parser is in the receiver of Outbound Messages, which keeps the budget, and in no other', async () => {
    const callout = await receiverOf(`
import { readSalesforceCallout as reader } from './functions/connectors/salesforce/webhook.ts';
import { salesforceCallout } from './functions/signatures/salesforce-callout.ts';
const webhook = { scheme: salesforceCallout(), reader };`);
    const outbound = await receiverOf(`
import { readOutboundMessage as reader } from './functions/connectors/salesforce/outbound-message.ts';
import { salesforceOutboundMessage } from './functions/signatures/salesforce-outbound-message.ts';
const webhook = { scheme: salesforceOutboundMessage(), reader };`);
    const parsers = ({ made }: typeof callout) => made.inputs.filter((input) => /saxes|xmlchars/.test(input));

    expect(parsers(callout)).toEqual([]);
    expect(bundles.flatMap(({ parts }) => parts.filter((part) => /saxes|xml/.test(part)))).toEqual([]);
    expect(parsers(outbound)).toContainEqual(expect.stringContaining('saxes.js'));
    expect((outbound.made.bytes - callout.made.bytes) / 1024).toBeLessThan(40);
    expect(isOverBudget(outbound.made)).toBe(false);
    expect(outbound.printed).toBe('function');
  });

  it('is small', () => {
    const kilobytes = bundles.map(({ file, text }) => [file, Math.ceil(text.length / 1024)] as const);

    expect(kilobytes.filter(([, size]) => size > 12)).toEqual([]);
  });
});

/** The bundle of a receiver whose source these lines declare, and what its handler is once it was imported. */
async function receiverOf(source: string) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bundles-'));
  const module = `import { createHandler } from './functions/receive-webhook/handler.ts';${source}
export const handler = createHandler({ integration: 'shop', system: { name: 'source', webhook }, flows: [] });`;
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'eu-central-1',
    POWERTOOLS_SERVICE_NAME: 'shop/source',
    POWERTOOLS_METRICS_NAMESPACE: 'millrace-test',
    QUEUE_URLS: '{}',
    WEBHOOK_SECRET_ID: 'secret',
    DATA_BUCKET: 'data',
    WEBHOOK_SECRET_CLOCKS: '{"cacheMs":300000,"rereadMs":30000,"overlapMs":86400000}',
  };
  const made = await buildBundle({ name: 'shop/source', module, budgetKb: budgets.receive }, { root, folder });
  const path = JSON.stringify(join(folder, 'shop', 'source', 'index.mjs'));
  const script = `const { handler } = await import(${path}); console.log(typeof handler);`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, env });
  rmSync(folder, { recursive: true });
  return { made, printed: String(printed).trim() };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import githubPush from '../../integrations/github-push/integration.ts';
import { type Bundle, buildBundle } from '../../scripts/bundle/build.ts';
import { entriesOf } from '../../scripts/bundle/entries.ts';
import { isOverBudget } from '../../scripts/bundle/report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

let bundles: readonly Bundle[];
beforeAll(async () => {
  const entries = await entriesOf(githubPush, root);
  bundles = await Promise.all(entries.map((entry) => buildBundle(entry, { root, folder })));
});

const bundle = (name: string) => bundles.find((each) => each.name === `github-push/${name}`)!;
const inputsLike = (name: string, pattern: RegExp) => bundle(name).inputs.filter((input) => pattern.test(input));

describe('the bundles of an integration over plain HTTP', () => {
  it('keep within their budgets', () => {
    expect(bundles.filter(isOverBudget)).toEqual([]);
  });

  it.each([
    ['push-to-endpoint', 'rest'],
    ['push-to-catalog', 'graphql'],
  ])('hold the connector of the destination alone: %s', (flow, connector) => {
    expect(inputsLike(`deliver-event-${flow}`, /connectors\/[^/]+\/connector\.ts$/)).toEqual([
      `functions/connectors/${connector}/connector.ts`,
    ]);
    expect(inputsLike(`deliver-event-${flow}`, /functions\/signatures|connectors\/github\/webhook/)).toEqual([]);
  });

  it('hand a connector what the specification says of its system, by name', () => {
    const { module } = bundle('deliver-event-push-to-endpoint');

    expect(module).toContain(
      'destination: { name: "endpoint", connect: connectDestination({"name":"endpoint","auth":"bearer",' +
        '"routes":{"push":{"write":"POST /pushes"}},"probe":"GET /health"}) }',
    );
    expect(module).not.toContain('source:');
  });

  it('receive by the scheme of the source, and hold no HTTP client for it', () => {
    expect(inputsLike('receive-webhook-github', /functions\/(signatures\/(github|stripe)|connectors\/http)/)).toEqual([
      'functions/signatures/github.ts',
    ]);
  });

  it('watch the systems that can be called', () => {
    expect(bundle('watch-health').module).toContain('"systems":["endpoint","catalog"]');
  });
});

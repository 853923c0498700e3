import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../functions/specification/flow.ts';
import type { Integration } from '../../../functions/specification/integration.ts';
import type { PolicyOverrides } from '../../../functions/specification/policies.ts';
import { validateIntegrations } from '../../../functions/specification/validate.ts';
import { integrations } from '../../../integrations/integrations.ts';
import outbound from '../../fixtures/integrations/salesforce-outbound.ts';

const version = () => 1n;
const fields = () => ({ name: 'Ada' });
const haltKey: PolicyOverrides = { parking: { afterDeadLetter: 'halt-key' } };

/** The first flow of the shipped integration, changed. */
function changed(changes: Partial<Flow>, source: Partial<Flow['source']>, policies: PolicyOverrides = {}): Integration {
  const [integration] = integrations;
  if (integration === undefined) throw new Error('no integration is shipped');
  const [flow] = Object.values(integration.flows) as [Flow];
  const next = { ...flow, ...changes, source: { ...flow.source, schema: v.any(), ...source } };
  return { ...integration, flows: { ...integration.flows, [flow.name]: next }, policies };
}

/** What is wrong, without its path's beginning. */
function problemsIn(integration: Integration): string {
  try {
    validateIntegrations([integration]);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('a flow that relies on what its source tells', () => {
  it.each<[string, Integration, string]>([
    [
      "payload 'event' without a version",
      changed({ payload: 'event' }, { fields }),
      "source.version is missing, but payload is 'event'.",
    ],
    [
      "payload 'event' without fields",
      changed({ payload: 'event' }, { version }),
      "source.fields is missing, but payload is 'event'.",
    ],
    [
      'a flow that halts its keys, without a version',
      changed({ policies: haltKey }, {}),
      "source.version is missing, but policies.parking.afterDeadLetter is 'halt-key'.",
    ],
    [
      'an integration that halts its keys, with a flow that has no version',
      changed({}, { version }, haltKey),
      "source.version is missing, but policies.parking.afterDeadLetter is 'halt-key'.",
    ],
  ])('is refused: %s', (_what, integration, problem) => {
    expect(problemsIn(integration)).toContain(problem);
  });

  it.each<[string, Integration]>([
    ["payload 'event' with both", changed({ payload: 'event' }, { version, fields })],
    ['a flow that halts its keys and has a version', changed({ policies: haltKey }, { version })],
    [
      'a flow that continues where the integration halts',
      changed({ policies: { parking: { afterDeadLetter: 'continue' } } }, {}, {}),
    ],
    ["payload 'event' that appends, without a version", changed({ payload: 'event', operation: 'append' }, { fields })],
    ["payload 'reread' without either", changed({ payload: 'reread' }, {})],
  ])('is sound: %s', (_what, integration) => {
    expect(problemsIn(integration)).not.toMatch(/source\.(version|fields)/);
  });
});

describe('a flow from a source that tells the latest state only', () => {
  const [flow] = Object.values(outbound.flows) as [Flow];
  const told = (changes: Partial<Flow>): Integration => ({
    ...outbound,
    flows: { [flow.name]: { ...flow, ...changes, source: { ...flow.source, schema: v.any(), version, fields } } },
  });
  const because = 'but salesforce-outbound-message of systems.salesforce tells the latest state only, in no order';

  it.each<[string, Integration, string]>([
    ["payload 'event'", told({ payload: 'event' }), `payload is 'event', ${because}. Use payload: 'reread'.`],
    [
      'a flow that halts its keys',
      told({ policies: haltKey }),
      `policies.parking.afterDeadLetter is 'halt-key', ${because}. Use afterDeadLetter: 'continue'.`,
    ],
  ])('is refused: %s', (_what, integration, problem) => {
    expect(problemsIn(integration)).toContain(problem);
  });

  it('is sound where it re-reads', () => {
    expect(problemsIn(told({ payload: 'reread' }))).toBe('');
  });
});

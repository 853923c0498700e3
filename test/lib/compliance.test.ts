import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import type { Stage } from '../../lib/stage.ts';
import { webAclArn, withMutualTls } from './support/gateways.ts';
import { synthesise } from './support/synthesise.ts';

const stages: Record<string, Stage> = {
  ...Object.fromEntries(['local', 'dev', 'prod'].map((name) => [name, stageNamed(name)])),
  'dev with a REST API': { ...stageNamed('dev'), gateway: 'rest' },
  'dev with a REST API, WAF and a domain': { ...stageNamed('dev'), ...withMutualTls, gateway: 'rest', webAclArn },
};

describe.each(Object.entries(stages))('cdk-nag on stage %s', (_, stage) => {
  const { pluginReports } = synthesise(stage).report;

  it('ran both packs and found nothing', () => {
    const findings = pluginReports.flatMap(({ pluginName, violations }) =>
      violations.map(({ ruleName }) => `${pluginName}: ${ruleName}`),
    );

    expect(pluginReports.map(({ pluginName }) => pluginName)).toEqual(
      expect.arrayContaining(['AwsSolutions', 'Serverless']),
    );
    expect(findings).toEqual([]);
  });

  it('was told a reason for every finding that was acknowledged, on the very construct it is about', () => {
    const acknowledged = pluginReports.flatMap(({ suppressedViolations }) => suppressedViolations);

    expect(acknowledged.length).toBeGreaterThan(0);
    for (const { reason, acknowledgedAt } of acknowledged) {
      expect(reason.split(' ').length).toBeGreaterThan(5);
      expect(acknowledgedAt.split('/').length).toBeGreaterThan(3);
    }
  });
});

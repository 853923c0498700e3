import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import { synthesise } from './support/synthesise.ts';

describe.each(['local', 'dev', 'prod'])('cdk-nag on stage %s', (name) => {
  const { pluginReports } = synthesise(stageNamed(name)).report;

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

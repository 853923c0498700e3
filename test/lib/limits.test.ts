import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import type { Integration } from '../../functions/specification/integration.ts';
import { checkStageLimits } from '../../lib/stage.ts';
import { shopLedger } from './support/fixture-integration.ts';
import { type Synthesised, synthesise } from './support/synthesise.ts';

const dev = stageNamed('dev');
const limits = { shop: { perSecond: { rate: 5, burst: 5 } }, ledger: { perDay: { calls: 50_000 } } };
const { shop, ledger } = shopLedger.systems;
const specified: Integration = { ...shopLedger, systems: { shop: { ...shop!, limits: limits.shop }, ledger: ledger! } };
const { pipeline } = synthesise(dev, [specified]);

/** The limits that functions were given, by the end of their names; only those that are. */
function limitsIn(template: Synthesised['pipeline']): Record<string, unknown> {
  const functions = Object.values(template.findResources('AWS::Lambda::Function')).map((each) => each.Properties);
  const given = functions.flatMap(({ FunctionName, Environment: { Variables } }) =>
    Variables.LIMITS === undefined
      ? []
      : [[FunctionName.replace(/^millrace-\w+-shop-ledger-/, ''), JSON.parse(Variables.LIMITS)]],
  );
  return Object.fromEntries(given);
}

const alarmsOf = (template: Synthesised['pipeline']) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm'))
    .map((each) => each.Properties)
    .filter(({ AlarmName }) => AlarmName.endsWith('/DailyBudget'));

describe('limits', () => {
  it('are given to every function that calls the systems, and to the one that watches them', () => {
    expect(limitsIn(pipeline)).toEqual({
      'deliver-event-buyer-to-account': limits,
      'deliver-event-account-to-buyer': limits,
      'watch-health': limits,
    });
  });

  it("are the stage's where it names any, system by system", () => {
    const stage = { ...dev, limits: { ledger: { perDay: { calls: 900 } } } };

    const given = limitsIn(synthesise(stage, [specified]).pipeline);

    expect(given['watch-health']).toEqual({ shop: limits.shop, ledger: { perDay: { calls: 900 } } });
    expect(given['deliver-event-buyer-to-account']).toEqual(given['watch-health']);
  });

  it('of a day have an alarm, others have none', () => {
    expect(alarmsOf(pipeline)).toMatchObject([
      {
        AlarmName: 'millrace-dev/HealthWatch-shop-ledger-ledger/DailyBudget',
        MetricName: 'DailyBudgetUsed',
        Dimensions: [{ Name: 'service', Value: 'shop-ledger/ledger' }],
        Statistic: 'Maximum',
        Period: 60,
        Threshold: 80,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'ignore',
      },
    ]);
  });

  it('that a stage takes away take their alarm along', () => {
    expect(alarmsOf(synthesise({ ...dev, limits: { ledger: {} } }, [specified]).pipeline)).toEqual([]);
  });
});

describe('limits of a stage are refused', () => {
  it.each([
    [
      { store: {} },
      "Stage 'dev': limits.store is of a system that no integration has. Remove it, or use one of the systems: shop, ledger.",
    ],
    [
      { shop: { perSecond: { rate: 10, burst: 1 } } },
      "Stage 'dev': limits.shop.perSecond.burst is 1. Use a whole number from 9",
    ],
    [{ ledger: { perDay: { calls: 0 } } }, "Stage 'dev': limits.ledger.perDay.calls is 0. Use a whole number from 1"],
  ])('%j', (own, message) => {
    expect(() => checkStageLimits({ ...dev, limits: own }, [specified])).toThrow(message);
  });

  it('by synth', () => {
    expect(() => synthesise({ ...dev, limits: { shop: { perDay: { calls: -1 } } } }, [specified])).toThrow(
      'calls is -1',
    );
  });
});

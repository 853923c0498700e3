import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import type { Integration } from '../../functions/specification/integration.ts';
import type { System } from '../../functions/specification/system.ts';
import { checkPartnerSources, partnerSourceOf, type Stage } from '../../lib/stage.ts';
import { bridgedShop, partnerSource } from './support/bridged.ts';

const shop = bridgedShop.systems.shop!;
const bridge = shop.bridge!;
const stageWith = (partnerSources: Stage['partnerSources'], name = 'dev'): Stage => ({
  ...stageNamed(name),
  partnerSources,
});
const withShop = (changes: Partial<System>): Integration[] => [
  { ...bridgedShop, systems: { ...bridgedShop.systems, shop: { ...shop, ...changes } as System } },
];

describe('the partner event sources of a stage', () => {
  it.each([
    ['none', undefined, 'dev'],
    ["a partner's", { shop: partnerSource }, 'dev'],
    ['any other name, on an emulator', { shop: 'local.partner/shop' }, 'local'],
  ])('may be %s', (_, sources, name) => {
    expect(() => checkPartnerSources(stageWith(sources, name), [bridgedShop])).not.toThrow();
  });

  it.each([
    [
      'of a system without a bridge',
      { ledger: partnerSource },
      'dev',
      /partnerSources\.ledger is of a system without a bridge/,
    ],
    ['of no system', { shoop: partnerSource }, 'dev', /Remove it, or give systems\.shoop a bridge\./],
    ['none that AWS knows', { shop: 'local.partner/shop' }, 'dev', /Use 'aws\.partner\/stripe\.com\/ed_\.\.\.'\./],
    ["an emulator's in a partner's name", { shop: partnerSource }, 'local', /Use another name: 'local\.partner/],
  ])('may not be %s', (_, sources, name, problem) => {
    expect(() => checkPartnerSources(stageWith(sources, name), [bridgedShop])).toThrow(problem);
  });

  it('may not lack that of a system which has no other door', () => {
    const alone = withShop({ webhook: undefined });

    expect(() => checkPartnerSources(stageWith({}), alone)).toThrow(
      "Stage 'dev': partnerSources.shop is missing, and the system has no webhook. Name its partner event source there, or in systems.shop.bridge.",
    );
    expect(() => checkPartnerSources(stageWith({ shop: partnerSource }), alone)).not.toThrow();
  });
});

describe('the source that a system is heard by', () => {
  const specified = { ...shop, bridge: { ...bridge, partnerSource: 'aws.partner/stripe.com/ed_specified' } };

  it.each([
    ["is the stage's", { shop: partnerSource }, 'dev', partnerSource],
    ['else the specified one', {}, 'dev', 'aws.partner/stripe.com/ed_specified'],
    ['which an emulator has not', {}, 'local', undefined],
  ])('%s', (_, sources, name, expected) => {
    expect(partnerSourceOf(stageWith(sources, name), specified)).toBe(expected);
  });

  it('is none without a bridge', () => {
    expect(partnerSourceOf(stageWith({ ledger: partnerSource }), bridgedShop.systems.ledger!)).toBeUndefined();
  });
});

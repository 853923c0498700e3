import { stageNamed } from '../../../bin/stages.ts';
import type { Integration } from '../../../functions/specification/integration.ts';
import type { Stage } from '../../../lib/stage.ts';
import { shopLedger } from './fixture-integration.ts';
import { synthesise } from './synthesise.ts';

export const partnerSource = 'aws.partner/stripe.com/ed_123';

const bridge = { reader: () => ({ unreadable: 'a fixture reads nothing' }), quietAfterHours: 3 };

/** The fixture, whose shop can be heard by EventBridge, too. */
export const bridgedShop: Integration = {
  ...shopLedger,
  systems: { ...shopLedger.systems, shop: { ...shopLedger.systems.shop!, bridge } },
};

/** A stage that names the shop's partner event source. */
export const bridgedStage = (name = 'dev'): Stage => ({ ...stageNamed(name), partnerSources: { shop: partnerSource } });

/** What is deployed of a system with a second door. */
export const bridged = synthesise(bridgedStage(), [bridgedShop]);

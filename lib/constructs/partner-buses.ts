import { CfnEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { removalOf, type Stage } from '../stage.ts';

/** Takes the events of one partner event source into the account: made with its bus, the source becomes active. */
export class PartnerBus extends Construct {
  readonly bus: CfnEventBus;

  constructor(scope: Construct, id: string, stage: Stage, partnerSource: string) {
    super(scope, id);
    // AWS wants the bus of a partner's source to have its name.
    this.bus = new CfnEventBus(this, 'Bus', { name: partnerSource, eventSourceName: partnerSource });
    this.bus.applyRemovalPolicy(removalOf(stage));
  }
}

/** A stage's buses: one for each partner event source, whichever integrations take its events. */
export class PartnerBuses extends Construct {
  private readonly stage: Stage;
  private readonly buses = new Map<string, PartnerBus>();

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.stage = stage;
  }

  busOf(partnerSource: string): CfnEventBus {
    const known = this.buses.get(partnerSource);
    const bus = known ?? new PartnerBus(this, partnerSource.replaceAll('/', '-'), this.stage, partnerSource);
    this.buses.set(partnerSource, bus);
    return bus.bus;
  }
}

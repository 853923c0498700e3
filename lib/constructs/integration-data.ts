import { CfnOutput } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { limitsOutput } from '../../functions/contract/names.ts';
import type { Integration } from '../../functions/specification/integration.ts';
import type { NamedSecret } from '../bindings.ts';
import { limitsIn, partnerSourceOf, type Stage } from '../stage.ts';
import { EventQueue } from './event-queue.ts';
import { FlowQueue } from './flow-queue.ts';
import type { PartnerBuses } from './partner-buses.ts';
import { SystemSecrets } from './system-secrets.ts';

export interface IntegrationDataProps {
  readonly stage: Stage;
  readonly key: IKey;
  readonly buses: PartnerBuses;
  readonly integration: Integration;
}

/** One integration's secrets and queues. */
export class IntegrationData extends Construct {
  private readonly secrets = new Map<string, SystemSecrets>();
  private readonly events = new Map<string, EventQueue>();
  private readonly queues = new Map<string, FlowQueue>();

  constructor(scope: Construct, id: string, { stage, key, buses, integration }: IntegrationDataProps) {
    super(scope, id);
    for (const system of Object.values(integration.systems)) {
      const props = { stage, key, integration: integration.name, system };
      this.secrets.set(system.name, new SystemSecrets(this, `${system.name}-secrets`, props));
      const partnerSource = partnerSourceOf(stage, system);
      if (partnerSource === undefined) continue;
      const fed = { ...props, system: system.name, partnerSource, bus: buses.busOf(partnerSource) };
      this.events.set(system.name, new EventQueue(this, `${system.name}-events`, fed));
    }
    for (const flow of Object.values(integration.flows)) {
      const props = { stage, key, integration: integration.name, flow: flow.name };
      this.queues.set(flow.name, new FlowQueue(this, `${flow.name}-queue`, props));
    }
    new CfnOutput(this, 'Limits', {
      value: JSON.stringify(limitsIn(stage, integration)),
      description: `How often the systems of ${integration.name} may be called`,
    }).overrideLogicalId(limitsOutput(integration.name));
  }

  /** @throws {Error} for a system that the integration lacks; validation refuses such a specification before. */
  secretsOf(system: string): SystemSecrets {
    return known(this.secrets, 'system', system);
  }

  /** What a system sends by EventBridge; undefined where it doesn't in this stage. */
  eventsOf(system: string): EventQueue | undefined {
    return this.events.get(system);
  }

  /** What calls to these systems are signed in with, by system. */
  accessTo(systems: readonly string[]): Record<string, NamedSecret> {
    const found = systems.map((system) => [system, this.secretsOf(system).access] as const);
    return Object.fromEntries(found.flatMap(([system, access]) => (access ? [[system, access]] : [])));
  }

  /** @throws {Error} for a flow that the integration lacks; validation refuses such a specification before. */
  queueOf(flow: string): FlowQueue {
    return known(this.queues, 'flow', flow);
  }
}

function known<Value>(values: ReadonlyMap<string, Value>, kind: string, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`There is no ${kind} '${name}'. Known: ${[...values.keys()].join(', ')}.`);
  return value;
}

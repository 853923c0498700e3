import * as v from 'valibot';
import { connect as connectSalesforce } from '../../../functions/connectors/salesforce/connector.ts';
import { connect as connectStripe } from '../../../functions/connectors/stripe/connector.ts';
import type { ConnectedSystem, DeliveryDefinition } from '../../../functions/deliver-event/wire.ts';
import type { Flow } from '../../../functions/specification/flow.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import integration from '../../../integrations/salesforce-stripe/integration.ts';
import { endsOfFlow, type Plan } from '../plan.ts';
import type { SystemName } from '../systems/system.ts';
import { integrationName } from './parking-ports.ts';

/** The shipped flow as the plan wants it, with what the simulated sources tell. */
export function definitionOf({ flow: name, policies, payload, afterDeadLetter, limits }: Plan): DeliveryDefinition {
  const flow = integration.flows[name]!;
  const { source, destination } = endsOfFlow(name);
  const connected = (system: SystemName): ConnectedSystem => ({
    name: system,
    apiVersion: integration.systems[system]!.apiVersion ?? '',
    connect: system === 'stripe' ? connectStripe : connectSalesforce,
  });
  return {
    integration: integrationName,
    flow: { ...flow, payload, source: { ...flow.source, ...told } },
    policies: resolvePolicies(integration.policies, flow.policies, policies, { parking: { afterDeadLetter } }),
    limits,
    source: connected(source),
    destination: connected(destination),
  };
}

const eventSchema = v.object({ id: v.string(), version: v.number(), fields: v.record(v.string(), v.string()) });

/** What people's events carry: the record as it was. */
const told: Pick<Flow<typeof eventSchema>['source'], 'schema' | 'key' | 'version' | 'fields'> = {
  schema: eventSchema,
  key: ({ id }) => id,
  version: ({ version }) => version,
  fields: ({ fields }) => fields,
};

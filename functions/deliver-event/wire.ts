import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { Connect, CredentialSource, Http } from '../connectors/connector.ts';
import type { DeliveryQueue } from '../contract/delivery.ts';
import type { StateTable } from '../contract/state-table.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { Flow } from '../specification/flow.ts';
import type { Policies } from '../specification/policies.ts';
import { createHealth } from '../state/health.ts';
import { createHistories } from '../state/histories.ts';
import { createIntents } from '../state/intents.ts';
import { Answers } from './answers.ts';
import { FlowHold } from './flow-hold.ts';
import { Guard } from './guard.ts';
import { createOnce } from './once.ts';
import type { DeliverServices } from './services.ts';
import { callTimeMs } from './write-through.ts';

/** One end of a flow: which system, and how to talk to it. */
export interface ConnectedSystem {
  readonly name: string;
  readonly apiVersion: string;
  readonly connect: Connect;
}

export interface DeliveryDefinition {
  readonly integration: string;
  readonly flow: Flow;
  readonly policies: Policies;
  readonly source: ConnectedSystem;
  readonly destination: ConnectedSystem;
}

/** The world outside of one container: AWS, the two systems, time and chance. */
export interface Ports {
  readonly table: StateTable;
  readonly queue: DeliveryQueue;
  /** For this flow only: Powertools keeps a prefix in it. */
  readonly persistence: BasePersistenceLayer;
  readonly http: Http;
  /** What a system's connector signs in with, by the system's name. */
  credentials(system: string): CredentialSource;
  readonly telemetry: Telemetry;
  readonly callTimeoutMs: number;
  now(): number;
  random(): number;
  newId(): string;
}

/** Puts one container together, once per cold start; what is answered adds the invocation's own clock. */
export function wire(definition: DeliveryDefinition, ports: Ports): (context: Context) => DeliverServices {
  const { integration, flow, policies } = definition;
  const { table, queue, telemetry, callTimeoutMs, now, random } = ports;
  const health = createHealth(table, integration);
  const answers = new Answers(health, now, telemetry);
  let probeMs = () => callTimeoutMs;
  const systems = { source: join(definition.source), destination: join(definition.destination) };

  function join({ name, apiVersion, connect }: ConnectedSystem) {
    // A probe is nobody's event, and ends with the invocation like any call.
    const probe = () =>
      connector.probe({
        correlationId: ports.newId(),
        traceparent: undefined,
        key: 'probe',
        timeoutMs: () => probeMs(),
      });
    const guard = new Guard({ system: name, health, answers, policies, telemetry, probe, now, random });
    const connector = connect({
      apiVersion,
      credentials: ports.credentials(name),
      http: ports.http,
      intents: createIntents(table, integration),
      landsWithinMs: policies.unknown.landsWithinMs + callTimeoutMs,
      guard: (operation, key, make) => guard.call(operation, key, make),
      now,
      newId: ports.newId,
    });
    return { name, guard, connector };
  }

  const once = createOnce(ports.persistence, `event:${integration}/${flow.name}`);
  const kept = {
    integration,
    flow,
    policies,
    source: systems.source.connector,
    destination: systems.destination.connector,
    guards: new Map(Object.values(systems).map(({ name, guard }) => [name, guard])),
    queue,
    histories: createHistories(table, integration),
    answers,
    hold: new FlowHold({ flow: flow.name, health, answers, policies, now }),
    telemetry,
    callTimeoutMs,
    now,
    random,
  };
  return (context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    probeMs = () => callTimeMs({ callTimeoutMs, remainingMs });
    return { ...kept, once: once(context), remainingMs };
  };
}

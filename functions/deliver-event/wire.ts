import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { Connect, Connector, CredentialSource, Http } from '../connectors/connector.ts';
import type { DeliveryQueue } from '../contract/delivery.ts';
import type { LargeData } from '../contract/large-data.ts';
import type { LimitStore, Limits } from '../contract/limits.ts';
import type { ParkedStore, ReleaseQueue } from '../contract/parked.ts';
import type { StateTable } from '../contract/state-table.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { Flow } from '../specification/flow.ts';
import type { Policies } from '../specification/policies.ts';
import { createAppliedVersions } from '../state/applied-versions.ts';
import { createHealth } from '../state/health.ts';
import { createHistories } from '../state/histories.ts';
import { createIntents } from '../state/intents.ts';
import { createLateEvents } from '../state/late-events.ts';
import { createOnce } from '../state/once.ts';
import { createParkLists } from '../state/park-lists.ts';
import { Answers } from './answers.ts';
import { FlowHold } from './flow-hold.ts';
import { Guard } from './guard.ts';
import { limitedHttp } from './limited-http.ts';
import { Limiter } from './limiter.ts';
import type { DeliverServices } from './services.ts';
import { callTimeMs } from './write-through.ts';

/** One end of a flow: which system, and how to talk to it. */
export interface ConnectedSystem {
  readonly name: string;
  /** @default none: the system has no versions that are asked for */
  readonly apiVersion?: string;
  readonly connect: Connect;
}

export interface DeliveryDefinition {
  readonly integration: string;
  readonly flow: Flow;
  readonly policies: Policies;
  /** By the system's name; only systems that have limits. */
  readonly limits: Readonly<Record<string, Limits>>;
  /** Undefined where the flow never calls it: what its events tell is enough. */
  readonly source?: ConnectedSystem;
  readonly destination: ConnectedSystem;
}

/** The world outside of one container: AWS, the two systems, time and chance. */
export interface Ports {
  readonly table: StateTable;
  readonly queue: DeliveryQueue;
  readonly parked: ParkedStore;
  /** What messages don't carry themselves. */
  readonly largeData: Pick<LargeData, 'read'>;
  readonly limits: LimitStore;
  readonly releases: ReleaseQueue;
  /** For this flow only: Powertools keeps a prefix in it. */
  readonly persistence: BasePersistenceLayer;
  readonly http: Http;
  /** What a system's connector signs in with, by the system's name. */
  credentials(system: string): CredentialSource;
  readonly telemetry: Telemetry;
  readonly callTimeoutMs: number;
  /** Whether any system may be on a private network: the simulated ones are. @default false */
  readonly allowPrivateAddresses?: boolean;
  now(): number;
  sleep(ms: number): Promise<void>;
  random(): number;
  newId(): string;
}

/** Puts one container together, once per cold start; what is answered adds the invocation's own clock. */
export function wire(definition: DeliveryDefinition, ports: Ports): (context: Context) => DeliverServices {
  const { integration, flow, policies } = definition;
  const { table, queue, telemetry, callTimeoutMs, now, random } = ports;
  const health = createHealth(table, integration);
  const answers = new Answers(health, now, telemetry);
  let probeMs = (mostMs = callTimeoutMs) => mostMs;
  const source = definition.source && join(definition.source);
  const destination = join(definition.destination);

  function join({ name, apiVersion = '', connect }: ConnectedSystem) {
    // A probe is nobody's event, and ends with the invocation like any call.
    const probe = () =>
      connector.probe({
        correlationId: ports.newId(),
        traceparent: undefined,
        key: 'probe',
        alone: true,
        trafficClass: 'probe',
        timeoutMs: (mostMs) => probeMs(mostMs),
      });
    const guard = new Guard({ system: name, health, answers, policies, telemetry, probe, now, random });
    const connector = connect({
      apiVersion,
      allowPrivateAddresses: ports.allowPrivateAddresses,
      credentials: ports.credentials(name),
      http: httpOf(name, probe),
      intents: createIntents(table, integration),
      landsWithinMs: policies.unknown.landsWithinMs + callTimeoutMs,
      sharing: policies.sharing,
      guard: (operation, key, make) => guard.call(operation, key, make),
      now,
      sleep: ports.sleep,
      newId: ports.newId,
    });
    return { name, guard, connector };
  }

  function httpOf(system: string, probe: () => Promise<unknown>): Http {
    const limits = definition.limits[system];
    if (limits === undefined) return ports.http;
    const { recheckMs } = policies.budget;
    const limiter = new Limiter({ system, limits, store: ports.limits, recheckMs, probe, now, sleep: ports.sleep });
    return limitedHttp(ports.http, { system, limiter, telemetry, now });
  }

  const once = createOnce(ports.persistence, { integration, flow: flow.name });
  const kept = {
    integration,
    flow,
    policies,
    source: source?.connector ?? neverCalled,
    destination: destination.connector,
    guards: new Map([source ?? destination, destination].map(({ name, guard }) => [name, guard])),
    queue,
    largeData: ports.largeData,
    histories: createHistories(table, integration),
    answers,
    late: createLateEvents(table, integration, now),
    applied: createAppliedVersions(table, integration),
    parking: {
      store: ports.parked,
      lists: createParkLists(table, integration),
      releases: ports.releases,
      telemetry,
      now,
    },
    hold: new FlowHold({ flow: flow.name, health, answers, policies, now }),
    telemetry,
    callTimeoutMs,
    now,
    random,
  };
  return (context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    probeMs = (mostMs) => callTimeMs({ callTimeoutMs, remainingMs }, mostMs);
    return { ...kept, once: once(remainingMs), remainingMs };
  };
}

/** Stands for a source without calls; synth refuses a flow that would make one. */
const neverCalled: Connector = {
  read: noCall,
  write: noCall,
  link: noCall,
  probe: noCall,
};

async function noCall(): Promise<never> {
  throw new Error('This flow was bundled without its source. Deploy the stack this bundle belongs to.');
}

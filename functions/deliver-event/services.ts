import type { Connector } from '../connectors/connector.ts';
import type { DeliveryQueue, TallyStore } from '../contract/delivery.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { Flow } from '../specification/flow.ts';
import type { Policies } from '../specification/policies.ts';
import type { Once } from './once.ts';

/** Everything that delivering one flow's events knows and may do; built once per cold start, but for the clock's end. */
export interface DeliverServices {
  readonly integration: string;
  readonly flow: Flow;
  readonly policies: Policies;
  readonly source: Connector;
  readonly destination: Connector;
  readonly queue: DeliveryQueue;
  readonly tallies: TallyStore;
  readonly once: Once;
  readonly telemetry: Telemetry;
  /** Longest a call may take, in milliseconds. */
  readonly callTimeoutMs: number;
  now(): number;
  random(): number;
  /** Time until the function is killed, in milliseconds. */
  remainingMs(): number;
}

import type { Connector } from '../connectors/connector.ts';
import type { DeliveryQueue, HistoryStore } from '../contract/delivery.ts';
import type { LargeData } from '../contract/large-data.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { ParkingServices } from '../parking/services.ts';
import type { Flow } from '../specification/flow.ts';
import type { Policies } from '../specification/policies.ts';
import type { AppliedVersions } from '../state/applied-versions.ts';
import type { LateEvents } from '../state/late-events.ts';
import type { Once } from '../state/once.ts';
import type { Answers } from './answers.ts';
import type { FlowHold } from './flow-hold.ts';
import type { Guard } from './guard.ts';

/** Everything that delivering one flow's events knows and may do; built once per cold start, but for the clock's end. */
export interface DeliverServices {
  readonly integration: string;
  readonly flow: Flow;
  readonly policies: Policies;
  readonly source: Connector;
  readonly destination: Connector;
  /** What stands before the calls to each system, by the system's name. */
  readonly guards: ReadonlyMap<string, Guard>;
  readonly queue: DeliveryQueue;
  /** What messages don't carry themselves. */
  readonly largeData: Pick<LargeData, 'read'>;
  readonly histories: HistoryStore;
  readonly answers: Answers;
  readonly hold: FlowHold;
  readonly late: LateEvents;
  readonly once: Once;
  readonly applied: AppliedVersions;
  /** What becomes of parked events, and of those behind them. */
  readonly parking: ParkingServices;
  readonly telemetry: Telemetry;
  /** Longest a call may take, in milliseconds. */
  readonly callTimeoutMs: number;
  now(): number;
  random(): number;
  /** Time until the function is killed, in milliseconds. */
  remainingMs(): number;
}

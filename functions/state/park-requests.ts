import * as v from 'valibot';
import type { StateTable } from '../contract/state-table.ts';

/** About as long as a message can wait in its queue. */
const keptSeconds = 13 * 24 * 60 * 60;

/** An operator's wish to have an event parked that fails or waits in its flow's queue. */
export interface ParkRequest {
  readonly reason: string;
  /** Of which life of the event: the generation that it was released from, 0 where it was never parked. */
  readonly generation: number;
}

const requestSchema = v.object({ reason: v.string(), generation: v.number() });

export interface ParkRequestStore {
  write(flow: string, eventId: string, request: ParkRequest): Promise<void>;
}

/** Requests in the state table: `park-request:<integration>:<flow>:<event id>`; `histories` reads them. */
export function createParkRequests(table: StateTable, integration: string): ParkRequestStore {
  return {
    write: (flow, eventId, request) => table.put(parkRequestKey(integration, flow, eventId), request, keptSeconds),
  };
}

export function parkRequestKey(integration: string, flow: string, eventId: string): string {
  return `park-request:${integration}:${flow}:${eventId}`;
}

export function toParkRequest(value: unknown): ParkRequest {
  return v.parse(requestSchema, value);
}

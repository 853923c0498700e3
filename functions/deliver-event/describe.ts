import type { Message } from '../contract/message.ts';
import type { LogFields } from '../contract/telemetry.ts';
import type { Failure } from '../engine/outcome.ts';
import type { DeliverServices } from './services.ts';

/** What log lines about an event carry. */
export function describe(message: Message, { flow }: Pick<DeliverServices, 'flow'>): LogFields {
  const { correlationid: correlationId, id: eventId, type: eventType, subject } = message;
  return { correlationId, eventId, eventType, flow: flow.name, subject };
}

/** What log lines about a failed call carry. */
export function describeFailure({ operation, status, code, kind: category }: Failure): LogFields {
  return { operation, status, code, category };
}

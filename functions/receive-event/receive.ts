import type { Unnamed } from '../contract/bridge-reader.ts';
import { parseExactJson } from '../contract/exact-json.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { IncomingEvent } from '../contract/webhook-reader.ts';
import { mapBounded } from '../engine/map-bounded.ts';
import { type EnqueueServices, enqueue } from '../intake/enqueue.ts';
import { withUsableId } from '../intake/with-usable-id.ts';
import type { BridgeSource } from '../specification/system.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';

/** Everything that one source's second door knows and may do. */
export interface ReceiveEventServices extends EnqueueServices {
  readonly bridge: BridgeSource;
}

/** What the queue hands over: an event of the bus, in its envelope. */
export interface BusRecord {
  readonly messageId: string;
  readonly body: string;
}

/** Events of one envelope on their way at once: it may tell of a thousand records. */
const sendsAtOnce = 10;

/**
 * Takes a batch of events out of EventBridge: reads each, and queues it for every flow that wants it. Answers those that
 * must come again: the queue keeps what is not taken, and hands it to its dead letters in the end, so that nothing is
 * dropped. The queue has no order, and neither has what is taken out of it.
 */
export async function receiveEvents(
  records: readonly BusRecord[],
  services: ReceiveEventServices,
): Promise<{ readonly notTaken: readonly string[] }> {
  const taken = await Promise.all(records.map((record) => receiveSafely(record, services)));
  return { notTaken: records.filter((_, index) => !taken[index]).map(({ messageId }) => messageId) };
}

/** What throws must not bring back its neighbours with it. */
async function receiveSafely(record: BusRecord, services: ReceiveEventServices): Promise<boolean> {
  try {
    return await receiveEvent(record, services);
  } catch (error) {
    services.telemetry.count(metricNames.eventUnreadable);
    services.telemetry.warn('event unreadable', { messageId: record.messageId, reason: 'the reader threw' }, error);
    return false;
  }
}

/** Whether all that it tells is in the queues, or wanted by nobody. */
async function receiveEvent({ messageId, body }: BusRecord, services: ReceiveEventServices): Promise<boolean> {
  const { telemetry, bridge } = services;
  const envelope = parseEnvelope(parseExactJson(body));
  if (envelope === undefined) {
    telemetry.count(metricNames.eventUnreadable);
    telemetry.warn('event unreadable', { messageId, reason: 'not an event of EventBridge' });
    return false;
  }
  const correlationId = envelope.id;
  const told = [bridge.reader(envelope)].flat().map(withUsableId);
  const problems = told.flatMap((each) => ('type' in each ? [] : (problemIn(each, services) ?? [])));
  for (const reason of problems) {
    telemetry.count(metricNames.eventUnreadable);
    telemetry.warn('event unreadable', { correlationId, messageId, reason });
  }
  const events = told.filter((each) => 'type' in each);
  if (events.length > 0) telemetry.count(metricNames.eventBridged);
  const arrivals = events.map((event, index) => ({ event, arrival: arrivalOf(event, `.${index}`, envelope) }));
  const queued = await mapBounded(arrivals, sendsAtOnce, ({ event, arrival }) => enqueue(event, arrival, services));
  const refused = queued.find((result) => result !== 'taken');
  if (refused !== undefined) {
    telemetry.count(metricNames.receiverUnavailable);
    telemetry.warn('receiver unavailable', { correlationId, messageId, reason: 'queue' }, refused.refused);
  }
  return refused === undefined && problems.length === 0;
}

/** Records that are not named concern only those flows that want such events. */
function problemIn(told: Unnamed | { readonly unreadable: string }, { flows }: ReceiveEventServices) {
  if ('unreadable' in told) return told.unreadable;
  const isWanted = flows.some((flow) => flow.source.events.some((type) => told.types.includes(type)));
  return isWanted ? told.unnamed : undefined;
}

/** An event without an id of its own is known by the envelope's, which EventBridge keeps when it repeats one. */
function arrivalOf({ id }: IncomingEvent, place: string, envelope: Envelope) {
  const known = id ?? envelope.id + place;
  return { id: known, repeat: known, correlationId: envelope.id, traceparent: undefined };
}

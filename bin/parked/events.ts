import type { ParkedEvent, ParkList } from '../../functions/contract/parked.ts';
import { mapBounded } from '../../functions/engine/map-bounded.ts';
import type { OpenStage } from '../connect-stage.ts';
import { UnknownNameError, UsageError } from '../errors.ts';
import { nearestTo, orOf } from '../nearest.ts';
import type { Part } from '../parts.ts';

/** A parked event, and the flow that it is parked in. */
export interface Located {
  readonly flow: Part;
  readonly event: ParkedEvent;
}

/** Reads at work at once: as many as AWS answers without throttling anybody. */
const readsAtOnce = 8;

/** Every unsettled event of the flows: flow by flow, each oldest first. */
export async function readUnsettled(stage: OpenStage, flows: readonly Part[]): Promise<Located[]> {
  const found = await mapBounded(flows, readsAtOnce, async (flow) => {
    const events = await stage.parkingOf(flow.integration).store.unsettled(flow.name);
    return events.map((event) => ({ flow, event }));
  });
  return found.flat();
}

/** All events of a key, settled ones too: flow by flow, each in the order in which it was parked. */
export async function readOfKey(stage: OpenStage, flows: readonly Part[], key: string): Promise<Located[]> {
  const found = await mapBounded(flows, readsAtOnce, async (flow) => {
    const events = await stage.parkingOf(flow.integration).store.ofKey(flow.name, key);
    return events.toSorted((one, other) => one.parkedMs - other.parkedMs).map((event) => ({ flow, event }));
  });
  return found.flat();
}

/** The park list of an event's key; what was no message of ours has none. */
export async function readList(stage: OpenStage, { flow, event }: Located): Promise<ParkList | undefined> {
  if (event.subject === undefined) return undefined;
  return stage.parkingOf(flow.integration).lists.read(flow.name, event.subject);
}

/**
 * The parked event of that id.
 * @throws {UnknownNameError} where no flow has it, naming the nearest that are parked.
 * @throws {UsageError} where several have it: the flow must be named.
 */
export async function findEvent(stage: OpenStage, flows: readonly Part[], eventId: string): Promise<Located> {
  const read = await mapBounded(flows, readsAtOnce, async (flow) => {
    const event = await stage.parkingOf(flow.integration).store.look(flow.name, eventId);
    return event === undefined ? [] : [{ flow, event }];
  });
  const [found, ...others] = read.flat();
  if (found === undefined) throw await unknown(stage, flows, eventId);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ flow }) => flow.name);
  throw new UsageError(`'${eventId}' is parked in several flows. Say which one: --flow ${names.join(' or --flow ')}.`);
}

async function unknown(stage: OpenStage, flows: readonly Part[], eventId: string): Promise<UnknownNameError> {
  const ids = (await readUnsettled(stage, flows)).map(({ event }) => event.eventId);
  const where = flows.length === 1 ? `in ${flows[0]?.name}` : 'in any flow';
  const next = ids.length > 0 ? `Did you mean ${orOf(nearestTo(eventId, ids))}?` : 'Nothing is parked there.';
  return new UnknownNameError(
    `No event '${eventId}' was ever parked ${where}. ${next} A dead letter takes some seconds to be parked.`,
  );
}

/** @throws {UnknownNameError} for a key that nothing was parked of, naming the nearest that something is. */
export async function unknownKey(stage: OpenStage, flows: readonly Part[], key: string): Promise<UnknownNameError> {
  const keys = (await readUnsettled(stage, flows)).flatMap(({ event }) => event.subject ?? []);
  const next = keys.length > 0 ? `Did you mean ${orOf(nearestTo(key, keys))}?` : 'Nothing else is parked either.';
  return new UnknownNameError(`Nothing is parked of the key '${key}'. ${next}`);
}

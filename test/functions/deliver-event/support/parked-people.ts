import * as v from 'valibot';
import type { Message } from '../../../../functions/contract/message.ts';
import type { ParkedStatus } from '../../../../functions/contract/parked.ts';
import { discard } from '../../../../functions/parking/discard.ts';
import { erase } from '../../../../functions/parking/erase.ts';
import { release } from '../../../../functions/parking/release.ts';
import type { Flow } from '../../../../functions/specification/flow.ts';
import { type PolicyOverrides, resolvePolicies } from '../../../../functions/specification/policies.ts';
import { createParkRequests } from '../../../../functions/state/park-requests.ts';
import { peopleToPayers } from './factories.ts';
import { people } from './people.ts';

const flow = 'people-to-payers';

/** People's events as a source tells them that numbers its changes. */
const numbered: Flow['source'] = {
  ...peopleToPayers.source,
  schema: v.object({ id: v.string(), version: v.number(), name: v.string() }),
  key: (event) => (event as { id: string }).id,
  version: (event) => (event as { version: number }).version,
  fields: (event) => ({ name: (event as { name: string }).name }),
};

export interface ParkedPeople {
  /** @default 1 */
  readonly count?: number;
  /** @default 'continue' */
  readonly afterDeadLetter?: 'continue' | 'halt-key';
  /** @default 'reread' */
  readonly payload?: 'reread' | 'event';
  readonly policies?: PolicyOverrides;
  readonly operation?: Flow['operation'];
}

/** A delivery of people p1, p2, ... with all that becomes of parked events. */
export function parkedPeople(setup: ParkedPeople = {}) {
  const { count = 1, afterDeadLetter = 'continue', payload = 'reread', operation = 'upsert' } = setup;
  const delivery = people(count, {
    flow: { ...peopleToPayers, source: numbered, payload, operation },
    policies: resolvePolicies({ parking: { afterDeadLetter } }, setup.policies),
  });
  const { clock, destination, queue, deadLetters, parked, lists, table, send, park, poll, operate } = delivery;

  /** Queues an event that tells a state of a person; a later one unless its number is given. */
  let versions = 0;
  function tell(id: string, differs: Partial<Message> & { version?: number } = {}): string {
    const { version = ++versions, subject = 'p1', ...message } = differs;
    const data = { id: subject, version, name: `v${version}` };
    return send({ id, correlationid: id, subject, data, ...message });
  }

  /** Persons, or events, whose writes fail for good. */
  const broken = new Set<string>();
  /** The events whose writes were carried out, in order; an event's correlation id is its own id here. */
  const written: string[] = [];
  destination.intercept(({ operation: asked, id, correlationId }) => {
    if (asked !== 'write') return undefined;
    if (broken.has(id) || broken.has(correlationId))
      return { kind: 'permanent', code: 'BROKEN', operation: 'fake.write' };
    written.push(correlationId);
    return undefined;
  });

  /** Both functions run, whenever a message is due, until both queues are empty. */
  async function settleAll(mostPolls = 500) {
    for (let polls = 0; polls < mostPolls; polls += 1) {
      const due = [queue.nextVisibleAtMs(), deadLetters.nextVisibleAtMs()].filter((ms) => ms !== undefined);
      if (due.length === 0) return;
      clock.advance(Math.max(1, Math.min(...due) - clock.now()));
      await poll();
      await park();
    }
    throw new Error(`The queues are not empty after ${mostPolls} polls.`);
  }

  const statuses = (): Record<string, ParkedStatus> =>
    Object.fromEntries(parked.all().map(({ eventId, status }) => [eventId, status]));
  const listed = async (subject = 'p1') => (await lists.read(flow, subject)).events.map(({ eventId }) => eventId);
  const requests = createParkRequests(table, 'test');

  return {
    ...delivery,
    tell,
    broken,
    settleAll,
    statuses,
    listed,
    written,
    release: (eventId: string) => operate((services) => release({ flow, eventId }, services)),
    discard: (eventId: string, note = 'no use') => operate((services) => discard({ flow, eventId }, note, services)),
    erase: (subject = 'p1') => operate((services) => erase({ flow, subject }, services)),
    askToPark: (eventId: string, generation = 0) => requests.write(flow, eventId, { reason: 'known bad', generation }),
  };
}

import type { History } from '../../../../functions/contract/delivery.ts';
import { ownClock } from './clock.ts';
import { aDelivery, type DeliverySetup } from './delivery.ts';
import { FakeSystem } from './fake-system.ts';

/** A delivery of people p1, p2, ... who are all there to be read. */
export function people(count = 1, differs: Partial<DeliverySetup> = {}) {
  const clock = ownClock();
  const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
  const ids = Array.from({ length: count }, (_, index) => `p${index + 1}`);
  for (const id of ids) source.records.set(id, { name: `Name of ${id}`, bill_id: null });
  const delivery = aDelivery({ clock, source, destination, ...differs });
  const history = (messageId: string): Partial<History> | undefined => delivery.histories()[messageId] as History;
  /** Polls whenever a message is due, until so much time has passed. */
  async function pollFor(ms: number) {
    const endMs = clock.now() + ms;
    for (let polls = 0; clock.now() < endMs && polls < 1_000; polls += 1) {
      await delivery.poll();
      clock.advance(Math.max(1, (delivery.queue.nextVisibleAtMs() ?? endMs) - clock.now()));
    }
  }

  return { clock, source, destination, ids, history, pollFor, ...delivery };
}

/** The waits, in seconds, between calls. */
export function waitsBetween(asked: readonly { atMs: number }[]): number[] {
  return asked.slice(1).map(({ atMs }, index) => (atMs - (asked[index]?.atMs ?? 0)) / 1000);
}

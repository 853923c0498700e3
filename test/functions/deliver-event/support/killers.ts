import { people } from './people.ts';

/** People of whom some kill the function whenever they are written. */
export function withKillers(count: number, ...killers: string[]) {
  const delivery = people(count);
  const { destination, kill, queue, clock } = delivery;
  const deadly = new Set(killers);
  const kills: { id: string; atMs: number; inQueue: number }[] = [];
  destination.intercept(({ id, operation, atMs }) => {
    // No call takes no time: what completes after a mark was written has a later time.
    clock.advance(1);
    if (operation !== 'write' || !deadly.has(id)) return undefined;
    kills.push({ id, atMs, inQueue: queue.messages.length });
    return kill();
  });
  /** What came back after a crash is due again. */
  const pollAfterCrash = () => {
    clock.advance(180_000);
    return delivery.poll();
  };
  return { ...delivery, kills, deadly, pollAfterCrash };
}

import { type Container, startContainer } from './containers.ts';
import type { OwnQueue } from './own-queue.ts';
import type { FlowName } from './queues.ts';

/** A flow's messages, and where its dead letters would go. */
export interface Backlog {
  readonly flow: FlowName;
  readonly queue: OwnQueue;
  readonly deadLetters: OwnQueue;
  readonly messages: number;
}

/**
 * Delivers a backlog by so many containers of the flow at once, as Lambda does: each is handed a message, which is
 * deleted once it was settled, and comes back otherwise. Whichever runs a message for the first time is killed at some
 * moment within `withinMs`, until that was done so often. Resolves, once all are settled, to how often that was.
 */
export async function deliverAmidKills(
  { flow, queue, deadLetters, messages }: Backlog,
  { containers, times, withinMs }: { readonly containers: number; readonly times: number; readonly withinMs: number },
): Promise<number> {
  const start = () => startContainer(flow, { QUEUE_URL: queue.url, DEAD_LETTER_QUEUE_URL: deadLetters.url });
  let kills = 0;
  // A message whose first run took longer than it was hidden is handed out twice, and counts once.
  const settled = new Set<string>();
  const lane = async () => {
    let container: Container | undefined;
    while (settled.size < messages) {
      container ??= await start();
      const record = await queue.receive();
      if (record === undefined) continue;
      let killed = false;
      const kill = () => {
        container?.kill();
        killed = true;
      };
      const isFirst = record.attributes.ApproximateReceiveCount === '1';
      const timer = isFirst && kills < times ? setTimeout(kill, withinMs * Math.random()) : undefined;
      const handedBack = await container.run([record]);
      clearTimeout(timer);
      if (killed) [container, kills] = [undefined, kills + 1];
      if (handedBack?.length !== 0) continue;
      await queue.delete(record);
      settled.add(record.messageId);
    }
  };
  await Promise.all(Array.from({ length: containers }, lane));
  return kills;
}

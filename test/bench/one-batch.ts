import type { Container } from '../simulation/machine/container.ts';
import type { World } from '../simulation/run.ts';

/**
 * Has one container deliver a batch of so many events, which are in the queue; resolves to how long it took on the world's
 * clock, in milliseconds.
 * @throws {Error} where the queue has fewer of them, or one was not delivered.
 */
export async function deliverBatch(
  { scheduler, queue, containers }: Pick<World, 'scheduler' | 'queue' | 'containers'>,
  container: Container,
  size: number,
): Promise<number> {
  const records = queue.receive(size);
  const beganMs = scheduler.nowMs;
  let took: number | undefined;
  const answer = containers.invoke(container, records, beganMs + 30_000).then(({ batchItemFailures }) => {
    took = scheduler.nowMs - beganMs;
    if (batchItemFailures.length > 0 || records.length < size) throw new Error('The batch is not whole.');
    queue.deleteAll(records.map(({ receiptHandle }) => receiptHandle));
  });
  await scheduler.run(() => took !== undefined, Number.POSITIVE_INFINITY);
  await answer;
  return took ?? 0;
}

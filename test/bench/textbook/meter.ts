import type { Ports } from '../../../functions/deliver-event/wire.ts';
import type { Sent } from '../../functions/deliver-event/support/fifo-queue.ts';
import type { MemoryTable, Step } from '../../functions/deliver-event/support/state-table.ts';
import type { Breakage } from '../../simulation/breakage.ts';
import { ToldQueue } from '../../simulation/machine/queues.ts';
import type { Containers } from './delivery.ts';

/** What AWS would bill. */
export class Meter {
  invocations = 0;
  billedMs = 0;
  /** DynamoDB's units: every item that delivery keeps is below 1 KB; what a condition refused is billed too. */
  writeUnits = 0;
  readUnits = 0;
  sqsRequests = 0;

  add({ invocations, billedMs, writeUnits, readUnits, sqsRequests }: Meter): void {
    this.invocations += invocations;
    this.billedMs += billedMs;
    this.writeUnits += writeUnits;
    this.readUnits += readUnits;
    this.sqsRequests += sqsRequests;
  }
}

const reads: ReadonlySet<Step> = new Set(['get', 'getMany']);

/** Breaks nothing: counts what goes to DynamoDB, Powertools' own calls included. */
export function countingTable(meter: Meter): Breakage {
  return {
    ports(right: Ports) {
      const table = right.table as MemoryTable;
      const run = table.run.bind(table);
      table.run = (step, keys, apply) =>
        run(step, keys, () => {
          if (reads.has(step)) meter.readUnits += keys.length;
          else meter.writeUnits += keys.length;
          return apply();
        });
      return right;
    },
  };
}

/**
 * Counts the requests that bring something: a poll that comes back empty is a fixed cost, whatever the pipeline. One
 * request carries up to ten messages; the redrive is none.
 */
export class CountedQueue extends ToldQueue {
  readonly #meter: Meter;

  constructor(meter: Meter, ...parts: ConstructorParameters<typeof ToldQueue>) {
    super(...parts);
    this.#meter = meter;
  }

  override send(sent: Sent, redriven?: Parameters<ToldQueue['send']>[1]): string {
    this.#meter.sqsRequests += 1;
    return super.send(sent, redriven);
  }

  override receive(most?: number) {
    const records = super.receive(most);
    if (records.length > 0) this.#meter.sqsRequests += 1;
    return records;
  }

  override changeVisibility(receiptHandles: readonly string[], seconds: number): void {
    this.#meter.sqsRequests += 1;
    super.changeVisibility(receiptHandles, seconds);
  }

  override deleteAll(receiptHandles: readonly string[]): void {
    this.#meter.sqsRequests += 1;
    super.deleteAll(receiptHandles);
  }
}

/** Times the invocations: each from its start to its answer, or to the container's end. A cold start is not in it. */
export function timed(containers: Containers, meter: Meter, now: () => number): Containers {
  return {
    ...containers,
    invoke(container, records, endsAtMs) {
      const beganMs = now();
      meter.invocations += 1;
      const answer = containers.invoke(container, records, endsAtMs);
      const ended = () => {
        meter.billedMs += now() - beganMs;
      };
      void Promise.race([container.death, answer]).then(ended, ended);
      return answer;
    },
  };
}

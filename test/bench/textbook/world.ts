import type { Sent } from '../../functions/deliver-event/support/fifo-queue.ts';
import { ToldQueue } from '../../simulation/machine/queues.ts';
import { Random } from '../../simulation/machine/random.ts';
import type { Plan, Scenario } from '../../simulation/plan.ts';
import { type AtRest, build, onItsClock, play } from '../../simulation/run.ts';
import type { Trace } from '../../simulation/trace.ts';
import type { Delivery } from './delivery.ts';
import { CountedQueue, countingTable, Meter, timed } from './meter.ts';

/** How a history ended under one delivery, and what it would have cost. */
export interface Ended extends AtRest {
  readonly meter: Meter;
}

/**
 * Runs one seed of a simulation's scenario under one way to deliver. The history is that of `npm run simulate`, until all
 * is at rest: nobody tends what was parked, since the textbook has nothing to tend it with.
 */
export async function runHistory(scenario: Scenario, seed: number, delivery: Delivery): Promise<Ended> {
  const random = new Random(seed);
  const world = buildFor(delivery, { ...scenario.plan(random.fork()), tended: false }, random);
  return onItsClock(world, async () => ({ ...(await play(world, random)), meter: world.meter }));
}

/** What a flow does unless it says otherwise. */
export const flowDefaults = { payload: 'reread', afterDeadLetter: 'continue' } as const;

/** The simulation's machine with a meter on it. */
export function buildFor(delivery: Delivery, plan: Plan, random: Random) {
  const meter = new Meter();
  let trace: Trace | undefined;
  const world = build({ ...plan, ...flowDefaults }, random, {
    breakage: countingTable(meter),
    parks: delivery.parks,
    newDeadLetters: (now, came, options) => new DeadLetters(meter, () => trace, now, came, options),
    newQueue: (now, came, options) => new CountedQueue(meter, now, came, { ...options, ...delivery.queue }),
    containersOf: (parts) => timed(delivery.containersOf(parts), meter, () => parts.scheduler.nowMs),
  });
  trace = world.trace;
  return { ...world, meter };
}

/** Dead letters; those that SQS itself moved there, by its receive limit, are told here. */
class DeadLetters extends ToldQueue {
  readonly #meter: Meter;
  readonly #trace: () => Trace | undefined;

  constructor(meter: Meter, trace: () => Trace | undefined, ...parts: ConstructorParameters<typeof ToldQueue>) {
    super(...parts);
    this.#meter = meter;
    this.#trace = trace;
  }

  override send(sent: Sent, redriven?: Parameters<ToldQueue['send']>[1]): string {
    if (sent.attributes !== undefined) this.#meter.sqsRequests += 1;
    else {
      const { id: event, correlationid: correlationId, time: firstSeen } = JSON.parse(sent.body);
      const letter = { reason: 'received too often', category: '', attempts: 0, lastErrorCode: '' };
      const messageId = redriven?.messageId ?? sent.deduplicationId;
      const record =
        this.#trace()
          ?.of('queued')
          .find((entry) => entry.messageId === messageId)?.record ?? -1;
      this.#trace()?.add({
        kind: 'dead-letter',
        event,
        record,
        generation: 1,
        messageId,
        letter: { ...letter, correlationId, firstSeen },
        swallowed: false,
      });
    }
    return super.send(sent, redriven);
  }
}

import type { Context } from 'aws-lambda';
import type { Connector } from '../../../functions/connectors/connector.ts';
import { wire } from '../../../functions/deliver-event/wire.ts';
import { endsOf } from '../../../functions/specification/flow.ts';
import { type Comparison, endsOfFlow, minuteMs, secondMs } from '../plan.ts';
import type { SystemName } from '../systems/system.ts';
import { Container } from './container.ts';
import { definitionOf } from './definition.ts';
import { type ContainerParts, portsOf } from './ports.ts';

/** Numbers of the first container, far from those of the others. */
const firstComparer = 300_000;

const callTimeoutMs = 10_000;

/** Functions that compare the two systems: they read through the real connectors, in the lowest class of traffic. */
export class Comparisons {
  readonly #parts: ContainerParts;
  #started = 0;

  constructor(parts: ContainerParts) {
    this.#parts = parts;
  }

  begin(): void {
    const { plan, scheduler } = this.#parts;
    for (const comparison of plan.comparisons) {
      const toMs = scheduler.nowMs + comparison.toMs;
      scheduler.at(scheduler.nowMs + comparison.fromMs, () => void this.#compare(comparison, toMs));
    }
  }

  async #compare({ reads }: Comparison, toMs: number): Promise<void> {
    const { plan, random, running } = this.#parts;
    this.#started += 1;
    const container = new Container(firstComparer + this.#started, random.int(-plan.skewMs, plan.skewMs), this.#parts);
    const work = running.run(container, () => this.#read(container, reads, toMs));
    // What it can't do is left to the next one.
    await Promise.race([container.death, work.catch(() => {})]);
  }

  async #read(container: Container, reads: number, toMs: number): Promise<void> {
    const { plan, random, scheduler, breakage } = this.#parts;
    const definition = breakage.definition?.(definitionOf(plan)) ?? definitionOf(plan);
    const ports = portsOf(container, this.#parts);
    const services = wire(definition, breakage.ports?.(ports) ?? ports)(endless);
    const [objects, systems] = [endsOf(definition.flow), endsOfFlow(plan.flow)];
    for (let left = reads; left > 0 && scheduler.nowMs < toMs; ) {
      const end = random.pick(['source', 'destination'] as const);
      const record = random.int(0, plan.records - 1);
      const outcome = await services[end].read(objects[end].object, this.#idAt(systems[end], record), {
        ...call,
        correlationId: `comparison-${container.id}-${left}`,
      });
      if (outcome.kind === 'success') left -= 1;
      const waitMs = outcome.kind === 'success' ? random.between(0, secondMs) : (outcome.retryAfterMs ?? secondMs);
      await container.reach('sleep', () => scheduler.sleep(Math.min(minuteMs, waitMs)));
    }
  }

  /** There may be no such record: that is an answer, too. */
  #idAt(system: SystemName, record: number): string {
    const { plan, people } = this.#parts;
    if (system === endsOfFlow(plan.flow).source) return people.sourceId(record);
    return system === 'stripe' ? `cus_old${record}` : `001OLD${String(record).padStart(9, '0')}AAA`;
  }
}

const endless = { getRemainingTimeInMillis: () => Number.POSITIVE_INFINITY } as Context;

const call: Omit<Parameters<Connector['read']>[2], 'correlationId'> = {
  traceparent: undefined,
  key: 'comparison',
  alone: true,
  trafficClass: 'reconcile',
  timeoutMs: (mostMs = callTimeoutMs) => Math.min(callTimeoutMs, mostMs),
};

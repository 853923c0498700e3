import type { AsyncLocalStorage } from 'node:async_hooks';
import type { ParkedEvent } from '../../../functions/contract/parked.ts';
import { askToPark } from '../../../functions/parking/ask-to-park.ts';
import { discard } from '../../../functions/parking/discard.ts';
import { erase } from '../../../functions/parking/erase.ts';
import { release } from '../../../functions/parking/release.ts';
import { minuteMs, type ParkingAct, type Plan, secondMs } from '../plan.ts';
import type { Entry, Trace } from '../trace.ts';
import { Container } from './container.ts';
import { type ParkingParts, parkingServicesOf } from './parking-ports.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export interface OperatorsParts extends ParkingParts {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly running: AsyncLocalStorage<Container>;
}

/** One command: what to do, and of what: an event, a key, or all of the flow. */
interface Command {
  readonly act: ParkingAct;
  readonly of: string;
}

type Services = ReturnType<typeof parkingServicesOf>;

/** A command is given again this often at most before its process is spared. */
const mostDeaths = 3;

/** People at terminals. Each command is a process that may die at any await; whoever gave it gives it again. */
export class Operators {
  readonly #parts: OperatorsParts;
  /** Commands that are given when something happens to a record. */
  readonly #waiting = new Map<() => void, number>();
  #processes = 0;
  /** Commands that are not done yet. */
  busy = 0;

  constructor(parts: OperatorsParts) {
    this.#parts = parts;
    parts.trace.watch((entry) => this.#see(entry));
  }

  /**
   * Gives a command about something that fits; perhaps just when that is being dealt with, perhaps twice, and perhaps two
   * people at once.
   */
  act(act: ParkingAct): void {
    const { random } = this.#parts;
    const command = { act, of: this.#choose(act) };
    if (random.chance(0.5)) void this.give(command);
    else this.#giveInTime(command);
    if (random.chance(0.25)) void this.give(command);
    if (random.chance(0.25)) this.#giveLater(command, random.between(secondMs, 10 * minuteMs));
  }

  #giveLater(command: Command, afterMs: number): void {
    const { scheduler } = this.#parts;
    this.busy += 1;
    scheduler.at(scheduler.nowMs + afterMs, () => {
      this.busy -= 1;
      void this.give(command);
    });
  }

  /** When a message of the record is handed over, or after some minutes. */
  #giveInTime(command: Command): void {
    const { scheduler, random, people } = this.#parts;
    this.busy += 1;
    const give = () => {
      if (!this.#waiting.delete(give)) return;
      this.busy -= 1;
      this.#giveLater(command, random.between(0, 300));
    };
    const record = command.of.startsWith('evt-') ? people.recordOf(command.of) : people.recordOfSubject(command.of);
    this.#waiting.set(give, record);
    scheduler.at(scheduler.nowMs + 10 * minuteMs, give);
  }

  #see(entry: Entry): void {
    if (this.#waiting.size === 0 || (entry.kind !== 'received' && entry.kind !== 'parking')) return;
    const events = entry.kind === 'received' ? [entry.event] : entry.events;
    const records = events.map((event) => this.#parts.people.recordOf(event));
    for (const [give, record] of [...this.#waiting]) if (record < 0 || records.includes(record)) give();
  }

  /** Runs a command until it is done. */
  async give({ act, of }: Command): Promise<void> {
    const { scheduler, random, trace, running } = this.#parts;
    this.busy += 1;
    for (let deaths = 0; ; deaths += 1) {
      const process = this.#process(deaths >= mostDeaths);
      const told = { kind: 'operator', process: process.id, act, of } as const;
      trace.add({ ...told, came: deaths === 0 ? 'begun' : 'again' });
      const services = parkingServicesOf(process, this.#parts);
      const work = running.run(process, () => this.#carryOut({ act, of }, services));
      const failed = (error: unknown) => String(error);
      const came = await Promise.race([process.death, work.catch(failed)]);
      trace.add({ ...told, came: came === 'done' ? 'done' : 'failed' });
      if (came === 'done') break;
      await scheduler.sleep(random.between(secondMs, random.pick([minuteMs, 10 * minuteMs])));
    }
    this.busy -= 1;
  }

  #process(isSpared: boolean): Container {
    const { plan, random, scheduler, trace } = this.#parts;
    this.#processes += 1;
    const trouble = () => ({ crashes: plan.operatorCrashes, faults: plan.operatorCrashes / 2 });
    const process = new Container(-this.#processes, random.int(-plan.skewMs, plan.skewMs), {
      scheduler,
      random,
      trace,
      trouble,
    });
    process.isSpared = isSpared;
    return process;
  }

  /** Answers `done`, or why it must be given again. */
  async #carryOut({ act, of }: Command, services: Services): Promise<string> {
    const { flow } = this.#parts.plan;
    const event = { flow, eventId: of };
    switch (act) {
      case 'release':
        await release(event, services);
        return 'done';
      case 'release-key':
        return releaseEach(flow, ({ subject }) => subject === of, services);
      case 'release-all':
        return releaseEach(flow, () => true, services);
      case 'discard':
        return (await discard(event, 'the simulated operator says so', services)) === 'in-progress' ? 'later' : 'done';
      case 'park':
        await askToPark(event, 'the simulated operator says so', services);
        return 'done';
      case 'erase':
        return (await erase({ flow, subject: of }, services)).inProgress > 0 ? 'later' : 'done';
    }
  }

  /** Mostly what is parked; now and then something that is not. */
  #choose(act: ParkingAct): string {
    const { random, people, parked, queue } = this.#parts;
    const open = parked.open();
    const { id, record } = random.pick([{ id: 'evt-0.1', record: 0 }, ...people.events.values()]);
    const item = open.length > 0 && random.chance(0.85) ? random.pick(open) : undefined;
    if (act === 'release-all') return 'all';
    if (act === 'release-key' || act === 'erase') return item?.subject ?? people.sourceId(record);
    if (act !== 'park') return item?.eventId ?? id;
    const { messages } = queue;
    return messages.length > 0 && random.chance(0.85) ? JSON.parse(random.pick(messages).body).id : id;
  }
}

/** Each in its turn, oldest first, as far as the index knows. */
async function releaseEach(
  flow: string,
  isMeant: (event: ParkedEvent) => boolean,
  services: Services,
): Promise<'done'> {
  for (const event of await services.store.unsettled(flow)) if (isMeant(event)) await release(event, services);
  return 'done';
}

import { hourMs, minuteMs } from '../plan.ts';
import type { World } from '../run.ts';
import { resume } from './operator.ts';
import type { Random } from './random.ts';
import { keptLists } from './table.ts';

/** How often something is released before whoever tends it gives it up: generations. */
const mostGenerations = 2;

/** Operators who mend what is broken, and see to what is parked until nothing is left. */
export class Tending {
  readonly #world: World;
  readonly #random: Random;
  readonly #isQuiet: () => boolean;
  #isOver = false;

  /** `isQuiet`: nothing is under way anywhere. */
  constructor(world: World, random: Random, isQuiet: () => boolean) {
    this.#world = world;
    this.#random = random;
    this.#isQuiet = isQuiet;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  begin(): void {
    const { trace, weather, people } = this.#world;
    trace.add({ kind: 'mended' });
    weather.clear();
    people.killers.clear();
    for (const record of people.refused) if (this.#random.chance(0.4)) people.mend(record);
    void this.#visit();
  }

  /** One look at what is parked, commands until they are done, and another look later. */
  async #visit(): Promise<void> {
    const { scheduler, parked, operators, table, plan } = this.#world;
    this.#lookForStuck();
    if (this.#random.chance(0.7)) await scheduler.sleep(this.#random.between(0, 10 * minuteMs));
    await resume(table, plan.flow);
    const open = parked.open();
    if (open.length === 0 && this.#isQuiet()) {
      this.#isOver = true;
      return;
    }
    const hopeless = open.filter(({ generation, status }) => generation > mostGenerations && status === 'parked');
    for (const { eventId, subject = '' } of hopeless) {
      if (this.#random.chance(0.1)) await operators.give({ act: 'erase', of: subject });
      else await operators.give({ act: 'discard', of: eventId });
    }
    await this.#release(open);
    await scheduler.sleep(this.#random.between(minuteMs, this.#random.pick([5 * minuteMs, hourMs])));
    return this.#visit();
  }

  async #release(open: readonly { readonly eventId: string; readonly subject: string | undefined }[]): Promise<void> {
    const { operators } = this.#world;
    const how = this.#random.pick(['release', 'release-key', 'release-all'] as const);
    if (how === 'release-all') return operators.give({ act: how, of: 'all' });
    const targets = new Set(open.map(({ eventId, subject = '' }) => (how === 'release' ? eventId : subject)));
    // Two people, who know nothing of each other.
    const give = async (of: string) => {
      await operators.give({ act: how, of });
      if (this.#random.chance(0.2)) await operators.give({ act: how, of });
    };
    await Promise.all([...targets].map(give));
  }

  /**
   * A release must come to something by itself, whoever stands first and only waited is released by what settled the one
   * before, and what is off its list is settled: that another command would mend it is no excuse.
   */
  #lookForStuck(): void {
    const { parked, trace, table, people } = this.#world;
    if (!this.#isQuiet()) return;
    const lists = keptLists(table, people);
    const heads = new Map(lists.map(({ events, due }) => [events[0]?.eventId, due]));
    const listed = new Set(lists.flatMap(({ events }) => events.map(({ eventId }) => eventId)));
    for (const { eventId: event, status } of parked.open()) {
      const isDue = heads.get(event) ?? false;
      if (status === 'releasing' || isDue || !listed.has(event) || (status === 'waiting' && heads.has(event)))
        trace.add({ kind: 'stuck', event });
    }
  }
}

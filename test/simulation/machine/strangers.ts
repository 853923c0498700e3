import { leasePermits } from '../../../functions/deliver-event/lease-permits.ts';
import { paceOf } from '../../../functions/engine/limits.ts';
import { secondMs } from '../plan.ts';
import { Container, type OwnTrouble } from './container.ts';
import { type LimitRowParts, limitStoreOf } from './limit-rows.ts';

/** Numbers of the first container, far from those of the others. */
const firstStranger = 400_000;

/** Containers of other flows. */
const count = 3;

/** Other flows of the integration: they take permits by the real code, of the same rows, and let them lapse. */
export function beginStrangers(parts: LimitRowParts & { trouble(): OwnTrouble }): void {
  const { plan, random, scheduler, isTroubled } = parts;
  const { strangers } = plan.limiterRow;
  if (strangers === 0) return;
  for (const [system, limits] of Object.entries(plan.limits)) {
    // They would use up the day's calls, for nothing.
    if (limits.perDay !== undefined) continue;
    for (let nth = 0; nth < count; nth += 1) {
      const container = new Container(firstStranger + nth, random.int(-plan.skewMs, plan.skewMs), parts);
      const leasing = { system, pace: paceOf(limits), store: limitStoreOf(container, parts), now: container.now };
      const visit = () => {
        if (!isTroubled()) return;
        void leasePermits(leasing, random.int(1, 3), 0).catch(() => {});
        scheduler.at(scheduler.nowMs + (random.between(0, 2) * secondMs * count) / strangers, visit);
      };
      visit();
    }
  }
}

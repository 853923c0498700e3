import type { Check, Violation } from '../checker.ts';
import type { Plan } from '../plan.ts';
import type { SystemName } from '../systems/system.ts';
import type { Entry } from '../trace.ts';

/** What reading the shared state and the credentials may take beyond the cache's age, in milliseconds. */
const readSlackMs = 60;
const cacheMs = 1_000;

/** A call that was let through may wait for its turn within a limit, in milliseconds: a second at most, three times. */
const permitSlackMs = 3_500;

/** While a system's breaker is open, nobody calls it but one probe at a time. */
export const breakerChecks: Check = ({ trace, plan }) => {
  const violations: Violation[] = [];
  const broke = (invariant: Violation['invariant'], detail: string, atMs: number) =>
    violations.push({ invariant, detail, atMs });
  const openSince = new Map<string, number>();
  const probing = new Map<string, string>();
  const lastProbe = new Map<string, { atMs: number; correlationId: string }>();
  const isBudgets = budgetProbes();
  const isAgain = repeats();
  for (const entry of trace.entries) {
    if (isBudgets(entry)) continue;
    if (entry.kind === 'breaker') {
      if (entry.state === 'closed') openSince.delete(entry.system);
      else if (!entry.probe) openSince.set(entry.system, entry.atMs);
    } else if (entry.kind === 'call' && entry.operation === 'probe') {
      const { system, correlationId, atMs } = entry;
      const before = lastProbe.get(system);
      const isRepeat = before?.correlationId === correlationId;
      if (probing.has(system) && !isRepeat) broke('one probe at a time', `of ${system}`, atMs);
      if (before !== undefined && !isRepeat && atMs - before.atMs < 30_000 - 2 * plan.skewMs - waitsIn(plan, system))
        broke('one probe an interval', `of ${system}, ${Math.round(atMs - before.atMs)} ms after the last`, atMs);
      if (!openSince.has(system)) broke('probes only while open', `of ${system}`, atMs);
      if (!isRepeat) lastProbe.set(system, { atMs, correlationId });
      probing.set(system, correlationId);
    } else if (entry.kind === 'answered' && entry.operation === 'probe') {
      if (probing.get(entry.system) === entry.correlationId) probing.delete(entry.system);
    } else if (entry.kind === 'answered') isAgain(entry);
    else if (entry.kind === 'call' && entry.operation !== 'token' && !isAgain(entry)) {
      const openForMs = entry.atMs - (openSince.get(entry.system) ?? entry.atMs);
      if (openForMs > cacheMs + waitsIn(plan, entry.system))
        broke(
          'no call starts while the breaker is open',
          `${entry.system}.${entry.operation}, ${Math.round(openForMs)} ms after`,
          entry.atMs,
        );
    }
  }
  return violations;
};

/** Between the guard and the call itself. */
function waitsIn({ limits, limiterRow }: Plan, system: string): number {
  const isLimited = limits[system as SystemName] !== undefined;
  return readSlackMs * 2 + (isLimited ? permitSlackMs + 10 * limiterRow.latencyMs : 0);
}

/** Tells which probes are about the day's calls: no breaker has to do with them. */
function budgetProbes(): (entry: Entry) => boolean {
  const leased = new Set<string>();
  const asked = new Set<string>();
  return (entry) => {
    if (entry.kind === 'budget-probe') leased.add(`${entry.container} ${entry.system}`);
    if ((entry.kind !== 'call' && entry.kind !== 'answered') || entry.operation !== 'probe') return false;
    const { container, system, correlationId } = entry;
    if (entry.kind === 'call' && leased.delete(`${container} ${system}`)) asked.add(correlationId);
    return asked.has(correlationId);
  };
}

/** Tells which calls are made again with newer credentials: the guard has let through the first of them. */
function repeats(): (entry: Extract<Entry, { kind: 'call' | 'answered' }>) => boolean {
  const refused = new Set<string>();
  return ({ container, correlationId, operation, ...entry }) => {
    const key = `${container} ${operation} ${correlationId}`;
    if (entry.kind === 'call') return refused.delete(key);
    if (entry.result === '401') refused.add(key);
    return false;
  };
}

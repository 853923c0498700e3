import type { Check, Violation } from '../checker.ts';

/** What reading the shared state and the credentials may take beyond the cache's age, in milliseconds. */
const readSlackMs = 60;
const cacheMs = 1_000;

/** While a system's breaker is open, nobody calls it but one probe at a time. */
export const breakerChecks: Check = ({ trace, plan }) => {
  const violations: Violation[] = [];
  const broke = (invariant: Violation['invariant'], detail: string, atMs: number) =>
    violations.push({ invariant, detail, atMs });
  const openSince = new Map<string, number>();
  const probing = new Map<string, string>();
  const lastProbe = new Map<string, { atMs: number; correlationId: string }>();
  for (const entry of trace.entries) {
    if (entry.kind === 'breaker') {
      if (entry.state === 'closed') openSince.delete(entry.system);
      else if (!entry.probe) openSince.set(entry.system, entry.atMs);
    } else if (entry.kind === 'call' && entry.operation === 'probe') {
      const { system, correlationId, atMs } = entry;
      const before = lastProbe.get(system);
      const isRepeat = before?.correlationId === correlationId;
      if (probing.has(system) && !isRepeat) broke('one probe at a time', `of ${system}`, atMs);
      if (before !== undefined && !isRepeat && atMs - before.atMs < 30_000 - 2 * plan.skewMs - readSlackMs * 2)
        broke('one probe an interval', `of ${system}, ${Math.round(atMs - before.atMs)} ms after the last`, atMs);
      if (!openSince.has(system)) broke('probes only while open', `of ${system}`, atMs);
      if (!isRepeat) lastProbe.set(system, { atMs, correlationId });
      probing.set(system, correlationId);
    } else if (entry.kind === 'answered' && entry.operation === 'probe') {
      if (probing.get(entry.system) === entry.correlationId) probing.delete(entry.system);
    } else if (entry.kind === 'call') {
      const openForMs = entry.atMs - (openSince.get(entry.system) ?? entry.atMs);
      if (openForMs > cacheMs + readSlackMs)
        broke(
          'no call starts while the breaker is open',
          `${entry.system}.${entry.operation}, ${Math.round(openForMs)} ms after`,
          entry.atMs,
        );
    }
  }
  return violations;
};

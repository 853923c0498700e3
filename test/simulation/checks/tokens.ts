import type { Check, Violation } from '../checker.ts';
import { firstRefresher } from '../machine/refresh-function.ts';
import { minuteMs, type Plan, secondMs } from '../plan.ts';
import type { Entry } from '../trace.ts';

/** A container counts the time from some steps of its own on, in milliseconds. */
const stepsMs = 100;

/** As the policies have them. */
const renewAfterMs = minuteMs;
const waitMs = 30 * secondMs;

/** What the calls to the token endpoint were made for, and what came of them. */
class Refreshes {
  /** Runs of `refresh-token` that were begun, by their containers: by the schedule, or asked for. */
  readonly #runs = new Map<number, { readonly scheduled: boolean }>();
  /** Containers that have called for a token, until they have the answer, or have died. */
  readonly #fetching = new Set<number>();
  /** Calls that the system has not answered yet. */
  readonly #calls = new Set<number>();
  #storedMs = Number.NEGATIVE_INFINITY;
  #refusedMs = Number.NEGATIVE_INFINITY;
  readonly #plan: Plan;
  readonly violations: Violation[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  see(entry: Entry): void {
    if (entry.kind === 'refresh') this.#ran(entry);
    else if (entry.kind === 'call' && entry.operation === 'token') this.#fetches(entry);
    else if (entry.kind === 'answered' && entry.operation === 'token') {
      this.#calls.delete(entry.call);
      if (entry.result === '400') this.#refusedMs = entry.atMs;
    } else if ((entry.kind === 'our-fault' || entry.kind === 'crashed') && isRefresher(entry.container)) {
      // What it came to may be known to nobody.
      [this.#storedMs, this.#refusedMs] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    }
  }

  #ran({ container, came, scheduled, atMs }: Extract<Entry, { kind: 'refresh' }>): void {
    if (came === 'begun') {
      this.#runs.set(container, { scheduled });
      return;
    }
    if (came === 'stored' && this.#fetching.has(container)) this.#storedMs = atMs;
    this.#fetching.delete(container);
  }

  #fetches({ container, call, atMs }: Extract<Entry, { kind: 'call' }>): void {
    if (this.#fetching.size > 0 || this.#calls.size > 0) this.#broke('one refresh at a time', 'two at once', atMs);
    this.#fetching.add(container);
    this.#calls.add(call);
    const slackMs = 2 * this.#plan.skewMs + stepsMs;
    const [storedAgoMs, refusedAgoMs] = [atMs - this.#storedMs, atMs - this.#refusedMs];
    const seconds = (ms: number) => `${Math.round(ms / 1000)} s after`;
    if (refusedAgoMs < waitMs - slackMs) this.#broke('refused credentials are left alone', seconds(refusedAgoMs), atMs);
    // The schedule renews what there is, however young.
    if (!this.#runs.get(container)?.scheduled && storedAgoMs < renewAfterMs - slackMs)
      this.#broke('no refresh of a token that was just made', seconds(storedAgoMs), atMs);
  }

  #broke(invariant: Violation['invariant'], detail: string, atMs: number): void {
    this.violations.push({ invariant, detail, atMs });
  }
}

function isRefresher(container: number): boolean {
  return container > firstRefresher && container < 1.5 * firstRefresher;
}

/** Tokens are fetched by one at a time, and only where another one would help. */
export const tokenChecks: Check = ({ trace, plan }) => {
  const refreshes = new Refreshes(plan);
  for (const entry of trace.entries) refreshes.see(entry);
  return refreshes.violations;
};

/** A limit costs time, and so does a token: never an event. */
export const patienceChecks: Check = ({ trace }) =>
  trace.of('dead-letter').flatMap(({ letter: { category, reason, lastErrorCode }, event, atMs }): Violation[] => {
    // Its age is what parks it then.
    if (!/^(busy|auth)$/.test(category) || /^older than/.test(reason)) return [];
    const invariant = 'nothing is parked for a limit or a token';
    return [{ invariant, detail: `${event}: ${reason} (${lastErrorCode})`, atMs }];
  });

import type { Chance } from './system.ts';

/** What a call does and to what, so that a fault can hit some calls only. */
export interface CallSubject {
  /** One of the system's operation names; undefined for a call that none of them covers. */
  operation: string | undefined;
  /** The ids and external id values that its path or body names. */
  records: readonly string[];
  /** Set where one call carries several records that are settled each alone. */
  isCollection?: true;
}

/** Which calls a fault hits, and for how long. Without any of these it hits every call until it is cleared. */
interface FaultScope {
  /** How long it is active, from when it was posted. */
  seconds?: number;
  /** How many calls it hits, then it is off. */
  times?: number;
  /** The fraction of calls that it hits, 0..1. */
  share?: number;
  /** Hits only this kind of call, by the operation names of the system. */
  operation?: string;
}

/** Scope of all faults but those that are about the caller, not about a record. */
interface RecordScope {
  /**
   * Hits only calls whose path or body names this record: a Salesforce id of 18 characters, the value of an external
   * id, a Stripe id, or a value in the metadata that a Stripe write sends. It makes an event poison among good ones.
   */
  record?: string;
}

/**
 * A way to fail. These do nothing: `down`: 503. `throttle`: 429, with `Retry-After: retryAfter` (seconds) when given.
 * `row-lock`: the record is locked by somebody else; hits writes only. `no-such-field`: somebody renamed a field, so that
 * no write will ever be taken as it is; hits writes only. `revoked`: the caller's access was taken away,
 * so that neither its credentials nor a token of theirs count; what was issued counts again afterwards. `expired`: the
 * token that the call carries has ended, for good where new ones can be had. `quota`: the day's calls are used up; both leave
 * the token endpoint alone. `reset`: the connection is cut. These do the operation: `slow` answers `ms` late, `lost-response` cuts the connection instead.
 *
 * Of a collection, a refusal (`down`, `throttle`, `row-lock`, `no-such-field`) with a `record` is the result of that record alone, and
 * each such record counts as a call of its own.
 */
export type Fault = FaultScope &
  (
    | (RecordScope &
        (
          | { fault: 'down' }
          | { fault: 'throttle'; retryAfter?: number }
          | { fault: 'row-lock' }
          | { fault: 'no-such-field' }
          | { fault: 'slow'; ms: number }
          | { fault: 'reset' }
          | { fault: 'lost-response' }
        ))
    | { fault: 'revoked' }
    | { fault: 'expired' }
    | { fault: 'quota' }
  );

const refusals = ['down', 'throttle', 'quota', 'row-lock', 'no-such-field'] as const;

/** Faults that the system tells in its own words, without having done anything. */
export type Refusal = (typeof refusals)[number];

/** A fault as `GET /_faults` lists it: as posted, and what is left of it. */
export type ActiveFault = Fault & { timesLeft?: number; until?: string };

/** Whether a system refuses a call that this fault hits. */
export const isRefusal = (fault: Fault['fault']): fault is Refusal => refusals.some((refusal) => refusal === fault);

/** Whether an operation writes, and so may find its record locked or a field missing. */
export const isWrite = (operation: string | undefined): boolean =>
  operation !== undefined && ['create', 'update', 'upsert', 'delete', 'collections'].includes(operation);

interface Injected {
  fault: Fault;
  hitsLeft: number;
  untilMs: number;
}

/** Decides which calls fail. Several faults can be active; a call is hit by at most one, the one posted first. */
export class FaultInjector {
  #injected: Injected[] = [];
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  add(fault: Fault): void {
    const untilMs = fault.seconds === undefined ? Number.POSITIVE_INFINITY : this.#chance.now() + fault.seconds * 1000;
    this.#injected.push({ fault, hitsLeft: fault.times ?? Number.POSITIVE_INFINITY, untilMs });
  }

  clear(): void {
    this.#injected = [];
  }

  active(): ActiveFault[] {
    return this.#living().map(({ fault, hitsLeft, untilMs }) => ({
      ...fault,
      ...(fault.times !== undefined && { timesLeft: hitsLeft }),
      ...(fault.seconds !== undefined && { until: new Date(untilMs).toISOString() }),
    }));
  }

  /** Decides about one call as a whole, and uses up one of the fault's `times`. */
  next(call: CallSubject): Fault | undefined {
    return this.#next((fault) => isAbout(fault, call) && !(call.isCollection && isRecordRefusal(fault)));
  }

  /** Decides about one record of a collection; `records` are all its names. */
  nextInCollection(call: CallSubject, records: readonly string[]): Refusal | undefined {
    const fault = this.#next(
      (candidate) => isRecordRefusal(candidate) && isAbout(candidate, { ...call, records }),
    )?.fault;
    return fault !== undefined && isRefusal(fault) ? fault : undefined;
  }

  #next(isMeant: (fault: Fault) => boolean): Fault | undefined {
    const isHit = ({ share }: Fault) => share === undefined || this.#chance.random() < share;
    const hit = this.#living().find(({ fault }) => isMeant(fault) && isHit(fault));
    if (hit) hit.hitsLeft -= 1;
    return hit?.fault;
  }

  #living(): Injected[] {
    this.#injected = this.#injected.filter(({ hitsLeft, untilMs }) => hitsLeft > 0 && this.#chance.now() < untilMs);
    return this.#injected;
  }
}

const recordOf = (fault: Fault) => ('record' in fault ? fault.record : undefined);

const isRecordRefusal = (fault: Fault) => isRefusal(fault.fault) && recordOf(fault) !== undefined;

function isAbout(fault: Fault, { operation, records }: CallSubject): boolean {
  if (fault.operation !== undefined && fault.operation !== operation) return false;
  const writesOnly = fault.fault === 'row-lock' || fault.fault === 'no-such-field';
  if (writesOnly && !isWrite(operation)) return false;
  if ((fault.fault === 'expired' || fault.fault === 'quota') && operation === 'token') return false;
  const record = recordOf(fault);
  return record === undefined || records.includes(record);
}

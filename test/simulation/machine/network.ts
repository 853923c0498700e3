import type { HttpRequest, HttpResponse, NoResponse } from '../../../functions/connectors/connector.ts';
import { answer, type SystemModel, type SystemName } from '../systems/system.ts';
import type { CallFacts, Trace } from '../trace.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Done, Fault, Weather } from './weather.ts';

/** A call that got no answer is carried out within this time, or never. */
export const landsWithinMs = 60_000;

export interface NetworkParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly weather: Weather;
  readonly systems: Readonly<Record<SystemName, SystemModel>>;
  /** The record that an event is about, by its correlation id. */
  recordOf(correlationId: string): number | undefined;
  /** Whether the system takes these credentials at present. */
  isAuthentic(system: SystemName, authorization: string): boolean;
}

/** What is decided about a call when it starts: offsets from then. */
interface Course {
  /** When the system deals with it; undefined: it never gets there. */
  readonly servedAfterMs: number | undefined;
  readonly endsAfterMs: number;
  readonly ends: 'answer' | NoResponse['code'];
}

/** The way between our containers and the two systems: slow, lossy, and late. */
export class Network {
  readonly #parts: NetworkParts;
  #calls = 0;
  /** Calls that the system may still carry out. */
  underWay = 0;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  async send(container: number, request: HttpRequest): Promise<HttpResponse | NoResponse> {
    const { scheduler, random, trace, weather, recordOf } = this.#parts;
    if (request.timeoutMs <= 0) return { kind: 'no-response', code: 'out-of-time' };
    const system = this.#systemOf(request);
    this.#calls += 1;
    const facts: CallFacts = {
      call: this.#calls,
      system: system.name,
      operation: system.operationOf(request),
      container,
      correlationId: request.headers['x-correlation-id'] ?? '',
    };
    trace.add({ kind: 'call', ...facts });
    // One call may be made for several events.
    const carried = facts.correlationId.split(',').map(recordOf);
    const records = carried.filter((record) => record !== undefined);
    const fault = weather.faultOf({ system: system.name, operation: facts.operation, records, atMs: scheduler.nowMs });
    const course = courseOf(fault, request.timeoutMs, random);
    let response = answer(500, undefined);
    const { servedAfterMs } = course;
    if (servedAfterMs !== undefined) {
      this.underWay += 1;
      scheduler.at(scheduler.nowMs + servedAfterMs, () => {
        response = this.#serve(system, request, fault, carried);
        this.underWay -= 1;
        trace.add({ kind: 'served', ...facts, status: response.status, late: servedAfterMs >= course.endsAfterMs });
      });
    }
    await scheduler.sleep(course.endsAfterMs);
    const result = course.ends === 'answer' ? String(response.status) : course.ends;
    trace.add({ kind: 'answered', ...facts, result, fault: fault === undefined ? undefined : nameOfFault(fault) });
    return course.ends === 'answer' ? response : { kind: 'no-response', code: course.ends };
  }

  #serve(
    system: SystemModel,
    request: HttpRequest,
    fault: Fault | undefined,
    carried: readonly (number | undefined)[],
  ): HttpResponse {
    const { isAuthentic } = this.#parts;
    const ofSome = fault?.kind === 'refused' && carried.length > 1 ? fault.only : undefined;
    if (fault?.kind === 'refused' && ofSome === undefined) {
      const refused = system.refuse(fault.as, request, fault.done ?? false);
      const { retryAfterSeconds } = fault;
      if (retryAfterSeconds === undefined) return refused;
      return { ...refused, headers: { ...refused.headers, 'retry-after': String(retryAfterSeconds) } };
    }
    if (!isAuthentic(system.name, request.headers.authorization ?? ''))
      return system.refuse('not-authenticated', request, false);
    const refusal = fault?.kind === 'refused' ? fault.as : undefined;
    const refusals = carried.map((record) => (ofSome?.has(record ?? -1) ? refusal : undefined));
    return system.serve(request, refusals);
  }

  #systemOf({ url }: HttpRequest): SystemModel {
    const { host } = new URL(url);
    const system = Object.values(this.#parts.systems).find((known) => known.host === host);
    if (system === undefined) throw new Error(`There is no ${host} here.`);
    return system;
  }
}

function courseOf(fault: Fault | undefined, timeoutMs: number, random: Random): Course {
  const usual = random.chance(0.01) ? random.between(500, 3_000) : random.between(20, 200);
  if (fault?.kind === 'silence') {
    return { servedAfterMs: when(fault.done, timeoutMs, random), endsAfterMs: timeoutMs, ends: 'timeout' };
  }
  if (fault?.kind === 'reset') {
    const endsAfterMs = Math.min(usual, timeoutMs);
    return { servedAfterMs: when(fault.done, endsAfterMs, random), endsAfterMs, ends: 'connection' };
  }
  const takesMs = fault?.kind === 'slow' ? fault.ms : usual;
  const ends = takesMs > timeoutMs ? 'timeout' : 'answer';
  return { servedAfterMs: takesMs / 2, endsAfterMs: Math.min(takesMs, timeoutMs), ends };
}

function when(done: Done, gaveUpAfterMs: number, random: Random): number | undefined {
  if (done === 'never') return undefined;
  if (done === 'before') return random.between(0, gaveUpAfterMs * 0.99);
  return gaveUpAfterMs + random.between(0, landsWithinMs - 100);
}

function nameOfFault(fault: Fault): string {
  if (fault.kind === 'refused') return fault.done ? `${fault.as}, done` : fault.as;
  return fault.kind === 'slow' ? 'slow' : `${fault.kind}, done ${fault.done}`;
}

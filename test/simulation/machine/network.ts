import type { HttpRequest, HttpResponse, NoResponse } from '../../../functions/connectors/connector.ts';
import type { Sessions } from '../systems/sessions.ts';
import { answer, type SystemModel, type SystemName } from '../systems/system.ts';
import type { CallFacts, Trace } from '../trace.ts';
import type { Gate } from './gate.ts';
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
  readonly sessions: Sessions;
  /** What the systems truly allow; where there is none, all. */
  readonly gates: Readonly<Partial<Record<SystemName, Gate>>>;
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
      trafficClass: request.trafficClass ?? 'live',
    };
    trace.add({ kind: 'call', ...facts });
    // One call may be made for several events.
    const carried = facts.correlationId.split(',').map(recordOf);
    const records = carried.filter((record) => record !== undefined);
    const fault = weather.faultOf({ system: system.name, operation: facts.operation, records, atMs: scheduler.nowMs });
    const course = courseOf(fault, request.timeoutMs, random);
    let served: Served = { response: answer(500, undefined) };
    const { servedAfterMs } = course;
    if (servedAfterMs !== undefined) {
      this.underWay += 1;
      scheduler.at(scheduler.nowMs + servedAfterMs, () => {
        served = this.#serve(system, request, fault, carried);
        this.underWay -= 1;
        trace.add({
          kind: 'served',
          ...facts,
          status: served.response.status,
          late: servedAfterMs >= course.endsAfterMs,
        });
      });
    }
    await scheduler.sleep(course.endsAfterMs);
    const { response, shutOut } = served;
    const result = course.ends === 'answer' ? String(response.status) : course.ends;
    trace.add({
      kind: 'answered',
      ...facts,
      result,
      fault: shutOut ?? (fault && nameOfFault(fault)),
      retryAfter: course.ends === 'answer' ? response.headers['retry-after'] : undefined,
    });
    return course.ends === 'answer' ? response : { kind: 'no-response', code: course.ends };
  }

  #serve(
    system: SystemModel,
    request: HttpRequest,
    fault: Fault | undefined,
    carried: readonly (number | undefined)[],
  ): Served {
    const { sessions, gates } = this.#parts;
    const ofSome = fault?.kind === 'refused' && carried.length > 1 ? fault.only : undefined;
    const refusal = fault?.kind === 'refused' ? fault.as : undefined;
    if (system.operationOf(request) === 'token') return { response: sessions.signIn(system.host, refusal) };
    if (fault?.kind === 'refused' && ofSome === undefined) {
      const refused = system.refuse(fault.as, request, fault.done ?? false);
      const { retryAfterSeconds } = fault;
      if (retryAfterSeconds === undefined) return { response: refused };
      return { response: withHeaders(refused, { 'retry-after': String(retryAfterSeconds) }) };
    }
    if (!sessions.isAuthentic(system.name, request.headers.authorization ?? ''))
      return { response: system.refuse('not-authenticated', request, false), shutOut: 'no session' };
    const gate = gates[system.name];
    const shut = gate?.ask();
    const told = { ...gate?.told(), ...shut?.headers };
    if (shut !== undefined)
      return { response: withHeaders(system.refuse(shut.as, request, false), told), shutOut: `${shut.as}, truly` };
    const refusals = carried.map((record) => (ofSome?.has(record ?? -1) ? refusal : undefined));
    return { response: withHeaders(system.serve(request, refusals), told) };
  }

  #systemOf({ url }: HttpRequest): SystemModel {
    const { host } = new URL(url);
    const system = Object.values(this.#parts.systems).find((known) => known.host === host);
    if (system === undefined) throw new Error(`There is no ${host} here.`);
    return system;
  }
}

/** `shutOut`: why it was not let in, by no spell. */
interface Served {
  readonly response: HttpResponse;
  readonly shutOut?: string;
}

function withHeaders(response: HttpResponse, headers: HttpResponse['headers']): HttpResponse {
  return { ...response, headers: { ...response.headers, ...headers } };
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

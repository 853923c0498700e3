import type { Fault } from './faults.ts';

/** One call as `GET /_calls` lists it. */
export interface RecordedCall {
  /** When it was received, ISO 8601 with milliseconds. */
  time: string;
  method: string;
  /** Without the query, which may carry personal data. */
  path: string;
  /** What was answered; null when the connection was cut first, or while the answer is not out yet. */
  status: number | null;
  /** The injected fault that hit it, or of a collection the first that hit one of its records. */
  fault: Fault['fault'] | null;
}

/** Everything the system was asked, in order of arrival, since it was started. */
export class CallLog {
  readonly #calls: RecordedCall[] = [];

  received(method: string, path: string, atMs: number): RecordedCall {
    const call: RecordedCall = { time: new Date(atMs).toISOString(), method, path, status: null, fault: null };
    this.#calls.push(call);
    return call;
  }

  all(): readonly RecordedCall[] {
    return this.#calls;
  }
}

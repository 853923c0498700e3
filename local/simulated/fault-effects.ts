import timers from 'node:timers/promises';
import { type Fault, isRefusal, type Refusal } from './faults.ts';
import type { SimulatedResponse } from './http-server.ts';

/** What a system answers to a call that a fault makes it refuse; undefined when it does what it was asked. */
export function refusalOf(
  fault: Fault | undefined,
  refuse: (refusal: Refusal) => SimulatedResponse,
): SimulatedResponse | undefined {
  if (fault === undefined || !isRefusal(fault.fault)) return undefined;
  const response = refuse(fault.fault);
  if (fault.fault !== 'throttle' || fault.retryAfter === undefined) return response;
  return { ...response, headers: { ...response.headers, 'retry-after': String(fault.retryAfter) } };
}

/** The wait of a `slow` fault; it starts when it is first asked for, and only once. */
export function timeTaker(fault: Fault | undefined, stopping: AbortSignal): () => Promise<void> {
  if (fault?.fault !== 'slow') return async () => {};
  let waiting: Promise<void> | undefined;
  return () => {
    waiting ??= timers.setTimeout(fault.ms, undefined, { signal: stopping });
    return waiting;
  };
}

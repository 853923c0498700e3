import * as v from 'valibot';
import type { Fault } from './faults.ts';

const aboveZero = (remedy: string) => v.pipe(v.number(remedy), v.gtValue(0, remedy), v.finite(remedy));
const whole = (least: number, remedy: string) =>
  v.pipe(v.number(remedy), v.safeInteger(remedy), v.minValue(least, remedy));

const scope = {
  seconds: v.optional(aboveZero('send a number above 0, or leave it out to fail until DELETE /_faults')),
  times: v.optional(whole(1, 'send a whole number from 1 on, or leave it out')),
  share: v.optional(
    v.pipe(
      v.number('send a fraction from 0 to 1, or leave it out to hit every call'),
      v.minValue(0, 'send a fraction from 0 to 1, or leave it out to hit every call'),
      v.maxValue(1, 'send a fraction from 0 to 1, or leave it out to hit every call'),
    ),
  ),
};

const faultSchema = v.variant(
  'fault',
  [
    v.strictObject({ fault: v.literal('down'), ...scope }),
    v.strictObject({
      fault: v.literal('throttle'),
      retryAfter: v.optional(whole(0, 'send whole seconds from 0 on, or leave it out to send no Retry-After')),
      ...scope,
    }),
    v.strictObject({
      fault: v.literal('slow'),
      ms: whole(0, 'send the wait in whole milliseconds, e.g. 2000'),
      ...scope,
    }),
    v.strictObject({ fault: v.literal('reset'), ...scope }),
  ],
  'send one of "down", "throttle", "slow", "reset"',
);

/** What `POST /_faults` makes of a body: the fault, or the field that is wrong and what to send instead. */
export type FaultRequest = { fault: Fault } | { field: string; remedy: string };

/** Reads the body of `POST /_faults`. A misspelt or misplaced field is refused, so that no test waits for a fault in vain. */
export function readFaultRequest(body: string): FaultRequest {
  const json = parseJson(body);
  if (json === undefined) return { field: 'body', remedy: 'send JSON, e.g. {"fault": "down", "seconds": 30}' };

  const parsed = v.safeParse(faultSchema, json);
  if (parsed.success) return { fault: parsed.output };

  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'body';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return { field, remedy: 'leave it out, this fault does not take it' };
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') {
    return { field, remedy: 'add it, this fault needs it' };
  }
  return { field, remedy: field === 'body' ? 'send a JSON object, e.g. {"fault": "down"}' : issue.message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

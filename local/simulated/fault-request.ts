import * as v from 'valibot';
import { type Fault, isWrite } from './faults.ts';

/** What `POST /_faults` makes of a body: the fault, or the field that is wrong and what to send instead. */
export type FaultRequest = { fault: Fault } | { field: string; remedy: string };

/**
 * Makes the reader of the bodies of `POST /_faults` for a system with these operations. A misspelt or misplaced field is
 * refused, so that no test waits for a fault in vain.
 */
export function faultReader(operations: readonly string[]): (body: string) => FaultRequest {
  const schema = faultSchema(operations);
  return (body) => {
    const json = parseJson(body);
    if (json === undefined) return { field: 'body', remedy: 'send JSON, e.g. {"fault": "down", "seconds": 30}' };

    const parsed = v.safeParse(schema, json);
    return parsed.success ? { fault: parsed.output } : mistakeOf(parsed.issues[0]);
  };
}

const aboveZero = (remedy: string) => v.pipe(v.number(remedy), v.gtValue(0, remedy), v.finite(remedy));
const whole = (least: number, remedy: string) =>
  v.pipe(v.number(remedy), v.safeInteger(remedy), v.minValue(least, remedy));
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

const extent = {
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

const RECORD_REMEDY = 'send the id or external id value of a record, or leave it out to hit calls about any';

function faultSchema(operations: readonly string[]) {
  const writes = operations.filter(isWrite);
  const oneOf = (names: readonly string[], which: string) =>
    v.optional(v.picklist(names, `send one of ${quoted(names)}, or leave it out to hit ${which}`));
  const callScope = { ...extent, operation: oneOf(operations, 'every call') };
  const scope = { ...callScope, record: v.optional(v.pipe(v.string(RECORD_REMEDY), v.nonEmpty(RECORD_REMEDY))) };
  const writeScope = { ...scope, operation: oneOf(writes, 'every write') };
  const faults = [
    v.strictObject({ fault: v.literal('down'), ...scope }),
    v.strictObject({
      fault: v.literal('throttle'),
      retryAfter: v.optional(whole(0, 'send whole seconds from 0 on, or leave it out to send no Retry-After')),
      ...scope,
    }),
    v.strictObject({ fault: v.literal('row-lock'), ...writeScope }),
    v.strictObject({ fault: v.literal('no-such-field'), ...writeScope }),
    v.strictObject({ fault: v.literal('revoked'), ...callScope }),
    v.strictObject({ fault: v.literal('expired'), ...callScope }),
    v.strictObject({ fault: v.literal('quota'), ...callScope }),
    v.strictObject({
      fault: v.literal('slow'),
      ms: whole(0, 'send the wait in whole milliseconds, e.g. 2000'),
      ...scope,
    }),
    v.strictObject({ fault: v.literal('lost-response'), ...scope }),
    v.strictObject({ fault: v.literal('reset'), ...scope }),
  ] as const;
  return v.variant('fault', faults, `send one of ${quoted(faults.map(({ entries }) => entries.fault.literal))}`);
}

function mistakeOf(issue: v.BaseIssue<unknown>): { field: string; remedy: string } {
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

import * as v from 'valibot';
import { isLongId, longestIdBytes } from '../contract/large-data.ts';
import type { Flow } from './flow.ts';

/** An event as its flow's schema reads it, or why it does not. */
export type ParsedEvent =
  | { readonly valid: true; readonly event: unknown }
  | { readonly valid: false; readonly reason: string };

export function parseEvent(flow: Flow, data: unknown): ParsedEvent {
  const parsed = v.safeParse(flow.source.schema, data);
  return parsed.success
    ? { valid: true, event: parsed.output }
    : { valid: false, reason: describeIssues(parsed.issues) };
}

/** Why an event can't be kept in order under its key; undefined where it can. */
export function flawOf(key: string): string | undefined {
  if (key === '') return 'invalid event: its key is empty';
  return isLongId(key) ? `invalid event: its key has more than ${longestIdBytes} bytes` : undefined;
}

/** Paths and kinds of rules, never the values: the text becomes a dead letter's attribute. */
function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  const texts = issues.map((issue) => `${v.getDotPath(issue) ?? '(event)'}: ${issue.type}`);
  return `invalid event: ${texts.slice(0, 5).join('; ')}`.slice(0, 500);
}

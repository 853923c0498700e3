import type { MemoryStage } from './stage.ts';
import { fromStripe, integration, nowMs } from './stage.ts';

/** What a function logs about an event; `agoMs` before now. */
export interface Logged {
  readonly message: string;
  readonly agoMs: number;
  readonly [field: string]: unknown;
}

/** Logs a line as Powertools does, about `evt_1` of `cus_1` unless it says otherwise. */
export function log(stage: MemoryStage, { agoMs, ...fields }: Logged): void {
  const atMs = nowMs - agoMs;
  const about = {
    service: `${integration}/${fromStripe}`,
    correlationId: 'corr-1',
    eventId: 'evt_1',
    eventType: 'customer.updated',
    flow: fromStripe,
    subject: 'cus_1',
  };
  const text = JSON.stringify({ level: 'INFO', timestamp: new Date(atMs).toISOString(), ...about, ...fields });
  stage.logged.push({ atMs, text });
}

/** Logs a line about a system. */
export function logOfSystem(stage: MemoryStage, { agoMs, ...fields }: Logged): void {
  const atMs = nowMs - agoMs;
  const about = { service: `${integration}/${fromStripe}`, timestamp: new Date(atMs).toISOString() };
  stage.logged.push({ atMs, text: JSON.stringify({ ...about, ...fields }) });
}

/** What happened, line by line: the last cell of the timeline, and how long after the line before. */
export const stepsIn = (out: string) =>
  out
    .split('\n')
    .map((line) => /^│ (?:\d\d:\d\d:\d\d\.\d{3}|) *│ .*│ (.*)│ (.*) │$/.exec(line))
    .flatMap((match) => (match === null ? [] : [`${match[1]?.trim()} ${match[2]?.trim()}`.trim()]));

/** How a system answered that is down. */
export const failed = {
  operation: 'salesforce.upsert',
  status: 503,
  code: 'SERVER_UNAVAILABLE',
  category: 'transient',
};

import * as v from 'valibot';

const text = v.optional(v.string());
const number = v.optional(v.number());

/** What is read of a function's JSON log line: ids, codes and times only, so that nothing personal can be shown. */
const entrySchema = v.object({
  message: v.string(),
  timestamp: text,
  service: text,
  correlationId: text,
  eventId: text,
  eventType: text,
  flow: text,
  system: text,
  subject: text,
  destinationId: text,
  created: v.optional(v.boolean()),
  latencyMs: number,
  waitSeconds: number,
  code: text,
  category: text,
  reason: text,
});

type Entry = v.InferOutput<typeof entrySchema>;

const jsonEntrySchema = v.pipe(v.string(), v.parseJson(), entrySchema);

/** What the functions log, and how that is called on the screen; anything else is only in the file. */
const verbs = new Map([
  ['event queued', 'queued'],
  ['event ignored', 'ignored'],
  ['echo dropped', 'echo dropped'],
  ['sender refused', 'sender refused'],
  ['signature rejected', 'rejected'],
  ['webhook too large', 'too large'],
  ['event unreadable', 'unreadable'],
  ['receiver unavailable', 'unavailable'],
  ['event delivered', 'delivered'],
  ['event skipped', 'skipped'],
  ['attempt failed', 'failed'],
  ['delivery deferred', 'deferred'],
  ['event dead-lettered', 'dead-lettered'],
  ['flow held', 'flow held'],
  ['flow is held', 'still held'],
  ['breaker opened', 'held back'],
  ['breaker is open', 'still held'],
  ['breaker closed', 'runs again'],
  ['token refreshed', 'token fetched'],
]);

/** Messages of the receiver about an event that it could read. */
const received = new Set(['event queued', 'event ignored', 'echo dropped']);

/** How many webhooks are remembered to have been shown as received. */
const remembered = 1_000;

/** Turns what the functions log into the lines that are shown, one for each step of an event. */
export type EventLines = (lines: readonly string[]) => string[];

export function createEventLines(): EventLines {
  const shown = new Set<string>();
  const isNew = ({ correlationId, eventId }: Entry) => {
    const webhook = `${correlationId} ${eventId}`;
    if (shown.has(webhook)) return false;
    if (shown.size >= remembered) shown.clear();
    shown.add(webhook);
    return true;
  };
  return (lines) => {
    const entries = lines.flatMap((line) => {
      const parsed = v.safeParse(jsonEntrySchema, line);
      return parsed.success && verbs.has(parsed.output.message) ? [parsed.output] : [];
    });
    // One reading holds the lines of several functions, each in the order of its own.
    entries.sort((one, other) => Date.parse(one.timestamp ?? '') - Date.parse(other.timestamp ?? '') || 0);
    return entries.flatMap((entry) => {
      const line = formatEntry(verbs.get(entry.message) ?? '', entry);
      // A webhook that woke several flows was received once.
      return received.has(entry.message) && isNew(entry) ? [formatEntry('received', receipt(entry)), line] : [line];
    });
  };
}

/** That an event was received, out of the first line that the receiver wrote about it. */
function receipt({ message, timestamp, service, correlationId, eventId, eventType }: Entry): Entry {
  return { message, timestamp, service, correlationId, eventId, eventType };
}

function formatEntry(verb: string, entry: Entry): string {
  const part = entry.flow ?? entry.system ?? entry.service?.split('/').at(-1) ?? '';
  const columns = [clock(entry.timestamp), verb.padEnd(13), part.padEnd(26), (entry.eventType ?? '').padEnd(16)];
  const latency = entry.latencyMs === undefined ? '' : `${Math.round(entry.latencyMs)} ms`;
  const facts = [
    entry.eventId,
    recordsOf(entry),
    latency,
    entry.waitSeconds === undefined ? undefined : `again in ${entry.waitSeconds} s`,
    [entry.category, entry.code].filter(Boolean).join('/'),
    entry.reason,
    entry.correlationId && `correlation ${entry.correlationId}`,
  ];
  return [...columns, ...facts.filter(Boolean)]
    .join('  ')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trimEnd();
}

/** `cus_1 -> 001A (created)` */
function recordsOf({ subject, destinationId, created }: Entry): string {
  const records = [subject, destinationId].filter(Boolean).join(' -> ');
  return created === true ? `${records} (created)` : records;
}

/** The time of day here: `14:02:31.120`. */
function clock(timestamp: string | undefined): string {
  const at = new Date(timestamp ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return '--:--:--.---';
  const two = (part: number) => String(part).padStart(2, '0');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${time}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

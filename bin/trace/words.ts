import type { LogEntry } from './log-entry.ts';

/** What a log line says, in words; `system` names the system that its operation is of. */
const words: Readonly<Record<string, (entry: LogEntry) => string>> = {
  'event queued': ({ reason }) =>
    reason === undefined ? 'received, and queued' : `received, and queued to be parked: ${reason}`,
  'event ignored': () => 'received; no flow wants its type',
  'echo dropped': () => 'received: our own change, coming back; dropped',
  'attempt failed': (entry) => `attempt ${entry.attempts ?? ''} failed at ${callOf(entry)}${againIn(entry)}`,
  'delivery deferred': (entry) => `${whyDeferred(entry)}${againIn(entry)}`,
  'mapping failed': ({ errorName }) => `the mapping threw${errorName === undefined ? '' : ` ${errorName}`}`,
  'flow held': (entry) => `refused for good at ${callOf(entry)}, as others before it: its flow is held`,
  'event delivered': ({ destinationId, created }) => `delivered to ${destinationId}${created ? ', created' : ''}`,
  'event skipped': ({ reason }) => `skipped: ${reason}`,
  'event dead-lettered': ({ reason, category, code }) => `given up: ${reason} (${category}, ${code})`,
  'event halted': () => 'stands behind a parked event of its key',
  'event parked': () => 'parked: in the parked table',
  'event waiting': () => 'in the parked table, behind another event of its key',
  'event released': () => 'released: back in its queue',
  'breaker opened': ({ system, reason }) =>
    `${system} ${reason === 'auth' ? 'refuses our credentials' : 'does not answer'}: calls to it are held back`,
  'breaker closed': ({ system }) => `${system} is back: calls to it go on`,
};

/** A log line in words; one that has none is shown as it is. */
export function tellEntry(entry: LogEntry): string {
  const { message, errorName } = entry;
  return words[message]?.(entry) ?? (errorName === undefined ? message : `${message}: ${errorName}`);
}

/** `salesforce.upsert: 503 unavailable` */
export function callOf({ operation = 'a call', status, code }: LogEntry): string {
  const answer = [status, code].filter((part) => part !== undefined).join(' ');
  return answer === '' ? operation : `${operation}: ${answer}`;
}

/** The codes of `functions/deliver-event/guard.ts`, for calls that were not made. */
function whyDeferred(entry: LogEntry): string {
  const { operation = '', code = '', reason } = entry;
  const [system = 'the system'] = operation.split('.');
  if (reason === 'in progress') return 'not tried: another run has it';
  if (code === 'data-unavailable') return 'not tried: its data could not be had from the bucket';
  if (code === 'held') return `not tried: ${system} is paused`;
  if (code.startsWith('breaker-open')) return `not tried: calls to ${system} are held back`;
  if (code === 'rate-limited') return `not tried: ${system} may not be called more often`;
  if (code === 'budget-spent') return `not tried: the day's calls to ${system} are spent`;
  return `put off at ${callOf(entry)}`;
}

function againIn({ waitSeconds }: LogEntry): string {
  return waitSeconds === undefined ? '' : `; again in ${waitSeconds} s`;
}

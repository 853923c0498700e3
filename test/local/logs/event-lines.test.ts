import { expect, it } from 'vitest';
import { createEventLines } from '../../../local/logs/event-lines.ts';

// Local times, so that the test is right in any time zone.
const at = (second: number) => new Date(2026, 10, 20, 14, 2, second, 7).toISOString();

const queued = {
  level: 'INFO',
  message: 'event queued',
  timestamp: at(1),
  service: 'salesforce-stripe/stripe',
  correlationId: 'c-1',
  eventId: 'evt_1',
  eventType: 'customer.created',
  flow: 'customer-to-account',
  subject: 'cus_1',
};

const delivered = {
  ...queued,
  message: 'event delivered',
  timestamp: at(2),
  service: 'salesforce-stripe/customer-to-account',
  destinationId: '001A',
  created: true,
  latencyMs: 83.4,
};

const show = (...entries: readonly object[]) => createEventLines()(entries.map((entry) => JSON.stringify(entry)));

it('shows an event as it is received, queued and delivered, aligned', () => {
  expect(show(queued, delivered)).toEqual([
    '14:02:01.007  received       stripe                      customer.created  evt_1  correlation c-1',
    '14:02:01.007  queued         customer-to-account         customer.created  evt_1  cus_1  correlation c-1',
    '14:02:02.007  delivered      customer-to-account         customer.created  evt_1  cus_1 -> 001A (created)  83 ms  correlation c-1',
  ]);
});

it('shows a webhook that woke two flows as received once', () => {
  const lines = show(queued, { ...queued, flow: 'customer-to-contact' });

  expect(lines.filter((line) => line.includes('received'))).toHaveLength(1);
  expect(lines).toHaveLength(3);
});

it('shows the steps in the order they happened, whichever function was read first', () => {
  expect(show(delivered, queued).map((line) => line.split(/ {2,}/)[1])).toEqual(['received', 'queued', 'delivered']);
});

it.each([
  [
    { ...delivered, message: 'attempt failed', category: 'transient', code: 'HTTP_503', waitSeconds: 2 },
    'failed',
    'again in 2 s  transient/HTTP_503',
  ],
  [
    { ...delivered, message: 'delivery deferred', category: 'busy', waitSeconds: 30 },
    'deferred',
    'again in 30 s  busy',
  ],
  [
    { ...delivered, message: 'event dead-lettered', reason: 'data.object.name: required' },
    'dead-lettered',
    'data.object.name: required',
  ],
  [{ ...queued, message: 'signature rejected', reason: 'header-missing' }, 'rejected', 'header-missing'],
])('shows what went wrong: %j', (entry, verb, facts) => {
  const line = show(entry).at(-1);

  expect(line).toContain(`  ${verb}  `);
  expect(line).toContain(`  ${facts}  `);
});

it('shows that a system is held back, and that it runs again, by the name of the system', () => {
  const service = 'salesforce-stripe/customer-to-account';
  const opened = { message: 'breaker opened', timestamp: at(1), service, system: 'salesforce', reason: 'failures' };
  const watched = {
    ...opened,
    message: 'breaker is open',
    timestamp: at(2),
    service: 'salesforce-stripe/watch-health',
  };
  const closed = { message: 'breaker closed', timestamp: at(3), service, system: 'salesforce' };

  expect(show(opened, watched, closed)).toEqual([
    `14:02:01.007  held back      salesforce${' '.repeat(36)}failures`,
    `14:02:02.007  still held     salesforce${' '.repeat(36)}failures`,
    '14:02:03.007  runs again     salesforce',
  ]);
});

it('shows the event at which a flow was held, and that it still is', () => {
  const held = {
    ...delivered,
    message: 'flow held',
    latencyMs: undefined,
    category: 'permanent',
    code: 'INVALID_FIELD',
  };
  const watched = {
    message: 'flow is held',
    timestamp: at(3),
    flow: 'customer-to-account',
    reason: 'refused: INVALID_FIELD',
  };

  const [first, second] = show(held, watched);

  expect(first).toMatch(/ flow held {6}customer-to-account .* evt_1 .* permanent\/INVALID_FIELD /);
  expect(second).toMatch(/ still held {5}customer-to-account .* refused: INVALID_FIELD$/);
});

it('shows an echo as received and dropped', () => {
  const lines = show({ ...queued, message: 'echo dropped', flow: undefined });

  expect(lines.map((line) => line.split(/ {2,}/)[1])).toEqual(['received', 'echo dropped']);
});

it('shows nothing of any other line', () => {
  const lines = createEventLines()([
    'START RequestId: 1',
    '{"message":"cold start","timestamp":"2026-11-20T14:02:01.007Z"}',
    '{"_aws":{}}',
    '{"message":{"message":"event queued"}}',
    '"event queued"',
    '',
  ]);

  expect(lines).toEqual([]);
});

it('shows no field but those it knows, and no control character', () => {
  const [line] = show({ ...delivered, email: 'jenny@example.com', subject: 'cus_1\u001b[2J\n' }).slice(-1);

  expect(line).not.toContain('jenny');
  expect(line).not.toMatch(/\p{Cc}/u);
});

it('shows a line without a time', () => {
  expect(show({ ...queued, timestamp: undefined }).at(0)).toMatch(/^--:--:--\.--- {2}received/);
});

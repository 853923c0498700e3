import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { logEntry } from './support/logs.ts';
import { millrace } from './support/millrace.ts';

interface Sent {
  readonly answers: readonly { readonly answer: string; readonly count: number }[];
  readonly correlationIds?: readonly string[];
}

/** Types `millrace send`; resolves to its exit code and how the receiver answered. */
async function send(...words: readonly string[]) {
  const { code, output, errors } = await millrace('send', ...words, '--json');
  const { answers, correlationIds = [] }: Sent = output === '' ? { answers: [] } : JSON.parse(output);
  return { code, errors, counts: answers.map(({ answer, count }) => `${answer}: ${count}`), correlationIds };
}

describe.each([
  ['salesforce-stripe/stripe', 'customer.updated', 'cus_MillraceSample01'],
  ['salesforce-stripe/salesforce', 'Account.UPDATE', '001000000000001AAA'],
  ['github-push/github', 'push', 'main'],
])('millrace send %s %s', (source, sample, record) => {
  it('is taken by the deployed receiver, each as an event of its own', async () => {
    const one = await send(source, sample);
    const several = await send(source, sample, '--times', '6', '--concurrency', '3');

    const { eventId, subject } = await logEntry({
      message: 'event queued',
      correlationId: one.correlationIds[0] ?? '',
    });
    expect([one.code, one.counts]).toEqual([0, ['202: 1']]);
    expect([several.code, several.counts]).toEqual([0, ['202: 6']]);
    expect(eventId).toEqual(expect.any(String));
    expect(subject).toContain(record);
    await waitFor(async () => (await millrace('trace', String(eventId))).code === 0, { what: `a trace of ${eventId}` });
  });

  it.each(['body', 'signature', 'timestamp'])('is refused with --tamper %s', async (what) => {
    const { code, counts, errors } = await send(source, sample, '--tamper', what, '--times', '2');

    // GitHub signs no time: there is none to change.
    const has = !(source.endsWith('github') && what === 'timestamp');
    expect([code, counts]).toEqual(has ? [0, ['401: 2']] : [1, []]);
    expect(errors.includes('signs no time')).toBe(!has);
  });
});

import { describe, expect, it } from 'vitest';
import { queueId, sendToFlow } from '../../../functions/aws/queue-sender.ts';
import { parseMessage } from '../../../functions/contract/message.ts';
import { aMessage } from '../deliver-event/support/factories.ts';

const url = 'https://sqs.test/flow.fifo';

/** What SQS is sent for a message. */
async function sentFor(flow: string, message: ReturnType<typeof aMessage>) {
  const sent: { input: Readonly<Record<string, unknown>> }[] = [];
  const call = async (service: string, operation: string, input: object) => {
    expect([service, operation]).toEqual(['sqs', 'SendMessage']);
    sent.push({ input: { ...input } });
    return { MessageId: 'message-1' };
  };
  expect(await sendToFlow(call, url, flow, message, message.id)).toBe('message-1');
  return sent[0]?.input ?? {};
}

describe('sendToFlow', () => {
  it('sends the message as it is, grouped by its subject', async () => {
    const message = aMessage({ data: { name: 'Zoë 😀' } });

    const input = await sentFor('flow', message);

    expect(input.QueueUrl).toBe(url);
    expect(parseMessage(String(input.MessageBody))).toEqual(message);
    expect(input.MessageGroupId).toBe(queueId('flow', message.subject));
    expect(input.MessageDeduplicationId).toBe(queueId('flow', message.id));
  });

  it('groups and deduplicates by ids that SQS takes, whatever the source sends', async () => {
    const odd = aMessage({ id: '💥'.repeat(200), subject: ' ü\n' });

    const input = await sentFor('flow', odd);

    expect([input.MessageGroupId, input.MessageDeduplicationId]).toEqual(
      Array(2).fill(expect.stringMatching(/^[0-9a-f]{64}$/)),
    );
  });

  it('keeps apart events of different ids, and events of different flows', async () => {
    const one = await sentFor('flow', aMessage({ id: 'evt_1' }));
    const other = await sentFor('flow', aMessage({ id: 'evt_2' }));
    const elsewhere = await sentFor('other-flow', aMessage({ id: 'evt_1' }));

    expect(one.MessageGroupId).toBe(other.MessageGroupId);
    expect(new Set([one, other, elsewhere].map((input) => input.MessageDeduplicationId)).size).toBe(3);
    expect(elsewhere.MessageGroupId).not.toBe(one.MessageGroupId);
  });

  // Bug: a text with U+FFFE or U+FFFF was refused by SQS, and its webhook with 503 for ever.
  // Fix: both are written as JSON escapes.
  it('sends no character that SQS refuses, and loses none', async () => {
    const name = `\u0000\u001f\ufffe\uffff\ud800 \u007f\ufffd`;
    const message = aMessage({ data: { name } });

    const body = String((await sentFor('flow', message)).MessageBody);

    // The set that the SendMessage reference names.
    expect(body).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    expect(parseMessage(body)?.data).toEqual({ name });
  });

  it('fails when SQS does, so that the source sends again', async () => {
    const call = () => Promise.reject(new Error('ServiceUnavailable'));

    await expect(sendToFlow(call, url, 'flow', aMessage(), 'evt_1')).rejects.toThrow('ServiceUnavailable');
  });
});

describe('queueId', () => {
  it('does not mix up where one part ends and the next begins', () => {
    expect(queueId('ab', 'c')).not.toBe(queueId('a', 'bc'));
    expect(queueId('a', '')).not.toBe(queueId('a'));
  });
});

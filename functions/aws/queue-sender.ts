import { createHash } from 'node:crypto';
import { memberOf } from '../contract/json-bytes.ts';
import type { Message } from '../contract/message.ts';
import type { AwsCall } from './lean-calls.ts';

/** SQS takes 128 characters of plain ASCII for group and deduplication ids; source ids may be anything. */
export function queueId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Sends a message to a flow's queue: grouped by entity key, deduplicated for SQS's five minutes by `repeat`, which is
 * the event's id unless its source knows a repeat by something else. Answers the id that SQS gave it.
 * @throws what SQS answered: the message was not taken, and the source must send again.
 */
export async function sendToFlow(
  call: AwsCall,
  queueUrl: string,
  flow: string,
  message: Message,
  repeat: string,
): Promise<string | undefined> {
  const answer = await call('sqs', 'SendMessage', {
    QueueUrl: queueUrl,
    MessageBody: plainJson(message),
    MessageGroupId: queueId(flow, message.subject),
    MessageDeduplicationId: queueId(flow, repeat),
  });
  const id = memberOf(answer, 'MessageId');
  return typeof id === 'string' ? id : undefined;
}

/** JSON without the two characters that JSON leaves as they are but SQS refuses (API reference, SendMessage). */
export function plainJson(message: Message): string {
  return JSON.stringify(message).replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}

import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '../contract/message.ts';

/** SQS takes 128 characters of plain ASCII for group and deduplication ids; source ids may be anything. */
export function queueId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Sends a message to a flow's queue: grouped by entity key, deduplicated by event id for SQS's five minutes. Answers the
 * id that SQS gave it.
 * @throws what SQS answered: the message was not taken, and the source must send again.
 */
export async function sendToFlow(
  client: SQSClient,
  queueUrl: string,
  flow: string,
  message: Message,
): Promise<string | undefined> {
  const { MessageId } = await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: plainJson(message),
      MessageGroupId: queueId(flow, message.subject),
      MessageDeduplicationId: queueId(flow, message.id),
    }),
  );
  return MessageId;
}

/** JSON without the two characters that JSON leaves as they are but SQS refuses (API reference, SendMessage). */
export function plainJson(message: Message): string {
  return JSON.stringify(message).replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}

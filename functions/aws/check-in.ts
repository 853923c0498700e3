import { createHash } from 'node:crypto';
import { type Claim, dataPrefix, type LargeData, largestMessageBytes } from '../contract/large-data.ts';
import { type Message, withClaim } from '../contract/message.ts';
import { plainJson, queueId } from './queue-sender.ts';

/**
 * The message as it is to be sent: as it is, or, where it is too large, with its data put into the bucket. The same data
 * of the same event has the same key.
 * @throws what S3 answered: nothing may be sent, and the source must send again.
 */
export async function checkIn(
  message: Message,
  { integration, flow }: { readonly integration: string; readonly flow: string },
  store: Pick<LargeData, 'put'>,
): Promise<Message> {
  if (Buffer.byteLength(plainJson(message)) <= largestMessageBytes) return message;
  const text = JSON.stringify(message.data);
  const sha256 = hashOf(text);
  const key = `${dataPrefix('events', integration, flow)}${queueId(message.id)}/${sha256}`;
  const claim: Claim = { key, bytes: Buffer.byteLength(text), sha256 };
  await store.put(claim, text);
  return withClaim(message, claim);
}

/** Of the data as it is stored. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

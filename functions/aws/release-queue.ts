import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { parseMessage } from '../contract/message.ts';
import type { ReleaseQueue } from '../contract/parked.ts';
import { plainJson, queueId } from './queue-sender.ts';

/** The way back into the flows' queues in SQS; `queueUrls` by the flow's name. */
export function createReleaseQueue(client: SQSClient, queueUrls: Readonly<Record<string, string>>): ReleaseQueue {
  return {
    async release({ flow, eventId, generation, groupId }, body) {
      const [queueUrl, message] = [queueUrls[flow], parseMessage(body)];
      if (queueUrl === undefined) throw new Error(`No queue of the flow '${flow}' is known. Deploy the stack.`);
      if (message === undefined)
        throw new Error(`The event ${eventId} is no message of this version. Deploy it, or discard the event.`);
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: plainJson({ ...message, releasedgeneration: generation }),
          MessageGroupId: groupId,
          MessageDeduplicationId: queueId(flow, eventId, 'release', String(generation)),
        }),
      );
    },
  };
}

import type { Message } from '../contract/message.ts';
import { checkIn } from './check-in.ts';
import type { LeanAws } from './lean-calls.ts';
import { sendToFlow } from './queue-sender.ts';

export interface FlowSenderOptions {
  readonly aws: LeanAws;
  readonly integration: string;
  /** Flow name -> queue URL. */
  readonly urls: Readonly<Record<string, string>>;
  /** Where the data of large events waits. */
  readonly bucket: string;
}

/**
 * Sends messages to the queues of flows, by the flow's name; the data of a large one goes ahead into the bucket.
 * @throws {Error} for a flow that QUEUE_URLS lacks: bundle and stack are of different versions; deploy both.
 */
export function createFlowSender({ aws, integration, urls, bucket }: FlowSenderOptions) {
  const largeData = aws.largeDataIn(bucket);
  return async (flow: string, message: Message, repeat: string): Promise<string | undefined> => {
    const url = queueUrlOf(flow, urls);
    const light = await checkIn(message, { integration, flow }, largeData);
    return sendToFlow(aws.call, url, flow, light, repeat);
  };
}

function queueUrlOf(flow: string, urls: Readonly<Record<string, string>>): string {
  const url = urls[flow];
  if (url === undefined) throw new Error(`QUEUE_URLS lacks flow "${flow}". Deploy the stack this bundle belongs to.`);
  return url;
}

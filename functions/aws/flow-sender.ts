import type { Message } from '../contract/message.ts';
import type { AwsCall } from './lean-calls.ts';
import { sendToFlow } from './queue-sender.ts';

/**
 * Sends messages to the queues of flows, by the flow's name.
 * @throws {Error} for a flow that QUEUE_URLS lacks: bundle and stack are of different versions; deploy both.
 */
export function createFlowSender(call: AwsCall, urls: Readonly<Record<string, string>>) {
  return (flow: string, message: Message, repeat: string): Promise<string | undefined> =>
    sendToFlow(call, queueUrlOf(flow, urls), flow, message, repeat);
}

function queueUrlOf(flow: string, urls: Readonly<Record<string, string>>): string {
  const url = urls[flow];
  if (url === undefined) throw new Error(`QUEUE_URLS lacks flow "${flow}". Deploy the stack this bundle belongs to.`);
  return url;
}

import { GetQueueAttributesCommand, GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { deadLetterQueueName, queueName } from '../../../lib/naming.ts';
import { aws } from '../../support/clients.ts';
import { integration, stage } from './names.ts';

const { sqs } = aws;

export const flows = {
  fromStripe: 'stripe-customer-to-account',
  fromSalesforce: 'account-to-stripe-customer',
} as const;

export type FlowName = (typeof flows)[keyof typeof flows];

export function queueUrl(flow: FlowName): Promise<string> {
  return urlOf(queueName(stage, integration, flow));
}

/** The address of any queue. */
export async function urlOf(QueueName: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  if (QueueUrl === undefined) throw new Error(`There is no queue ${QueueName}.`);
  return QueueUrl;
}

/** How many messages a flow's queue holds, in flight or not. */
export async function queueDepth(flow: FlowName): Promise<number> {
  return depthOf(await queueUrl(flow));
}

/** How many of its dead letters are not parked yet. */
export async function deadLetterDepth(flow: FlowName): Promise<number> {
  return depthOf(await urlOf(deadLetterQueueName(stage, integration, flow)));
}

/** The same of any queue. */
export async function depthOf(QueueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
}

/** Makes the messages that a flow receives from now on come back sooner, where nobody settles or hands them back. */
export async function setVisibilityTimeout(flow: FlowName, seconds: number): Promise<void> {
  const QueueUrl = await queueUrl(flow);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }));
}

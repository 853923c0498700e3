import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { deadLetterQueueName, queueName } from '../../../lib/naming.ts';
import { waitFor } from '../../support/wait-for.ts';
import { integration, stage } from './names.ts';

export const flows = {
  fromStripe: 'stripe-customer-to-account',
  fromSalesforce: 'account-to-stripe-customer',
} as const;

export type FlowName = (typeof flows)[keyof typeof flows];

export function queueUrl(sqs: SQSClient, flow: FlowName): Promise<string> {
  return urlOf(sqs, queueName(stage, integration, flow));
}

function deadLettersUrl(sqs: SQSClient, flow: FlowName): Promise<string> {
  return urlOf(sqs, deadLetterQueueName(stage, integration, flow));
}

async function urlOf(sqs: SQSClient, QueueName: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  if (QueueUrl === undefined) throw new Error(`There is no queue ${QueueName}.`);
  return QueueUrl;
}

/** How many messages a flow's queue holds, in flight or not. */
export async function queueDepth(sqs: SQSClient, flow: FlowName): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const QueueUrl = await queueUrl(sqs, flow);
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
}

/** Makes the messages that a flow receives from now on come back sooner, where nobody settles or hands them back. */
export async function setVisibilityTimeout(sqs: SQSClient, flow: FlowName, seconds: number): Promise<void> {
  const QueueUrl = await queueUrl(sqs, flow);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }));
}

/** A dead letter, as SQS has it. */
export interface DeadLetter {
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Every dead letter of a flow; they all stay, since the search for personal data comes last. */
export async function deadLetters(sqs: SQSClient, flow: FlowName): Promise<DeadLetter[]> {
  const QueueUrl = await deadLettersUrl(sqs, flow);
  const received: Message[] = [];
  try {
    for (;;) {
      const command = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], VisibilityTimeout: 20 };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(command));
      if (Messages.length === 0) break;
      received.push(...Messages);
    }
  } finally {
    for (const { ReceiptHandle } of received) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  }
  return received.map(({ Body = '', MessageAttributes = {} }) => ({
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
    ),
    body: Body,
  }));
}

/** The dead letters that mention an id: of an event, or of a record. */
export async function deadLettersAbout(sqs: SQSClient, flow: FlowName, id: string): Promise<DeadLetter[]> {
  return (await deadLetters(sqs, flow)).filter(({ body }) => body.includes(id));
}

/** Waits for a dead letter that mentions an id. */
export function deadLetterAbout(sqs: SQSClient, flow: FlowName, id: string, timeoutMs = 15_000): Promise<DeadLetter> {
  const look = async () => (await deadLettersAbout(sqs, flow, id))[0];
  return waitFor(look, { timeoutMs, everyMs: 250, what: `a dead letter of ${flow} about ${id}` });
}

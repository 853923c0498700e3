import type { Message } from '../../../../functions/contract/message.ts';
import { type ReceiveEventServices, receiveEvents } from '../../../../functions/receive-event/receive.ts';
import accountToCustomer from '../../../../integrations/salesforce-stripe/flows/account-to-stripe-customer.ts';
import customerToAccount from '../../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import salesforce from '../../../../integrations/salesforce-stripe/systems/salesforce.ts';
import stripe from '../../../../integrations/salesforce-stripe/systems/stripe.ts';
import type { LogLine } from '../../receive-webhook/receiver.ts';
import { startMs } from '../../receive-webhook/samples.ts';

/** The second door of the shipped `stripe` source, with queues in memory, and a clock that stands still. */
export function createEventReceiver(changes: Partial<ReceiveEventServices> = {}) {
  const queued: { flow: string; message: Message; repeat: string }[] = [];
  const counted: string[] = [];
  const lines: LogLine[] = [];
  const services: ReceiveEventServices = {
    integration: 'salesforce-stripe',
    system: 'stripe',
    bridge: stripe.bridge!,
    flows: [customerToAccount],
    send: async (flow, message, repeat) => `message-${queued.push({ flow, message, repeat })}`,
    telemetry: {
      info: (message, fields) => lines.push({ level: 'info', message, fields }),
      warn: (message, fields, cause) => lines.push({ level: 'warn', message, fields, cause }),
      count: (metric) => counted.push(metric),
      milliseconds: (metric) => counted.push(metric),
    },
    now: () => startMs,
    ...changes,
  };
  /** Hands over a batch, and answers the places in it of what must come again. */
  const take = async (...bodies: readonly string[]) => {
    const { notTaken } = await receiveEvents(
      bodies.map((body, index) => ({ messageId: String(index), body })),
      services,
    );
    return notTaken.map(Number);
  };
  return { take, queued, counted, lines };
}

/** The same of the shipped `salesforce` source. */
export function createChangeReceiver(changes: Partial<ReceiveEventServices> = {}) {
  return createEventReceiver({
    system: 'salesforce',
    bridge: salesforce.bridge!,
    flows: [accountToCustomer],
    ...changes,
  });
}

/** What EventBridge puts into the queue. */
export function inEnvelope(detail: unknown, changes: Record<string, unknown> = {}): string {
  const source = 'aws.partner/salesforce.com/00D5f000005KcCnEAK/0YL5f000000CabWGAS';
  const id = '17e8dff5-d6cd-3770-ace9-aeac02b6ac3f';
  return JSON.stringify({
    version: '0',
    id,
    'detail-type': 'changed',
    source,
    account: '000000000000',
    detail,
    ...changes,
  });
}

import type { Message } from '../../../functions/contract/message.ts';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import type { LogFields } from '../../../functions/contract/telemetry.ts';
import type { Incoming } from '../../../functions/receive-webhook/incoming.ts';
import { type ReceiveServices, receive } from '../../../functions/receive-webhook/receive.ts';
import type { WebhookSource } from '../../../functions/specification/system.ts';
import accountToCustomer from '../../../integrations/salesforce-stripe/flows/account-to-stripe-customer.ts';
import customerToAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import salesforce from '../../../integrations/salesforce-stripe/systems/salesforce.ts';
import stripe from '../../../integrations/salesforce-stripe/systems/stripe.ts';
import { startMs, webhookSecret } from './samples.ts';

export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: LogFields;
  readonly cause?: unknown;
}

/** The receiver of the shipped `stripe` source, with a queue and a secret in memory, and a clock that tests set. */
export function createReceiver(changes: Partial<ReceiveServices> = {}) {
  const clock = { nowMs: startMs };
  const queued: { flow: string; message: Message }[] = [];
  const counted: string[] = [];
  const lines: LogLine[] = [];
  let ids = 0;
  const services: ReceiveServices = {
    integration: 'salesforce-stripe',
    system: 'stripe',
    webhook: stripe.webhook!,
    allowsSender: () => true,
    flows: [customerToAccount],
    secret: secretOf(webhookSecret),
    rereadSecretMs: 30_000,
    send: async (flow, message) => {
      queued.push({ flow, message });
      return `message-${queued.length}`;
    },
    telemetry: {
      info: (message, fields) => lines.push({ level: 'info', message, fields }),
      warn: (message, fields, cause) => lines.push({ level: 'warn', message, fields, cause }),
      count: (metric) => counted.push(metric),
      milliseconds: (metric) => counted.push(metric),
    },
    now: () => clock.nowMs,
    newId: () => `made-${++ids}`,
    ...changes,
  };
  const post = (request: SignedRequest | Incoming) =>
    receive('read' in request ? request : incomingOf(request), services);
  return { post, clock, queued, counted, lines };
}

/** A request as if a gateway had handed it over. */
export function incomingOf(request: SignedRequest, sourceIp?: string): Incoming {
  const { headers, body } = request;
  return { headers, bodyBytes: body.length, sourceIp, read: () => request };
}

/** The receiver of the shipped `salesforce` source. */
export function createSalesforceReceiver(changes: Partial<ReceiveServices> = {}) {
  return createReceiver({
    system: 'salesforce',
    webhook: salesforce.webhook!,
    flows: [accountToCustomer],
    ...changes,
  });
}

/** A secret that never changes. */
export function secretOf(text: string | undefined): ReceiveServices['secret'] {
  return { read: async () => text, reread: async () => text };
}

/** The shipped source, with a reader that notes each body it is given. */
export function noteReads(webhook: WebhookSource = stripe.webhook!) {
  const bodies: Uint8Array[] = [];
  const noting: WebhookSource = {
    ...webhook,
    reader: (body, headers) => {
      bodies.push(body);
      return webhook.reader(body, headers);
    },
  };
  return { webhook: noting, bodies };
}

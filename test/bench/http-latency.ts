import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LocalFile } from '../../local/local-file.ts';
import { signStripeWebhook } from '../../local/simulated/stripe/signature.ts';
import { request } from '../support/request.ts';
import { type LoadOptions, type Measured, measure } from './load.ts';

const source = 'salesforce-stripe/stripe';

export interface HttpLatencyOptions extends LoadOptions {
  readonly local: LocalFile;
  /** A type that a flow wants is queued; any other is answered, counted and forgotten. */
  readonly eventType: string;
  /** Customers that the events are about, one a worker. */
  readonly customers: readonly string[];
}

/** Posts signed Stripe events, each of them new, and times the answers: 202 once the queue has taken the event. */
export async function measureHttp(options: HttpLatencyOptions): Promise<Measured> {
  const { local, eventType, customers } = options;
  const webhook = local.webhooks[source];
  if (webhook === undefined) throw new Error(`The pipeline has no source '${source}'.`);
  const secret = readFileSync(webhook.secretFile, 'utf8');
  return measure(options, async (worker) => {
    const body = JSON.stringify(eventAbout(customers[worker], eventType));
    const headers = {
      'content-type': 'application/json',
      ...signStripeWebhook(secret, body, Math.floor(Date.now() / 1000)),
    };
    const { status } = await request(webhook.url, { headers, body, caFile: local.caFile });
    if (status !== 202) throw new Error(`The receiver answered ${status} instead of 202 to a valid ${eventType}.`);
  });
}

function eventAbout(customer: string | undefined, type: string) {
  return {
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    data: { object: { id: customer, object: 'customer' } },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}

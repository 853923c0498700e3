import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';

/** Noon of a day; every test's clock begins here. */
export const startMs = Date.parse('2026-11-20T12:00:00.000Z');

export const webhookSecret = 'whsec_c2VjcmV0';

/** What must never be seen in a log, a metric or an answer. */
export const personal = {
  name: 'Zoë Quisling-Przybylski',
  email: 'zoe.quisling@example.test',
  phone: '+1 415 555 0142',
  line1: '17 Cloudberry Crescent',
  city: 'Nether Wallop',
  postal_code: 'SO20 8ZZ',
};

interface CustomerEvent {
  id?: string;
  type?: string;
  created?: number;
  request?: unknown;
  data?: { object: Record<string, unknown> };
}

/** A `customer.updated` as Stripe sends it, about a customer with personal data. */
export function customerEvent(changes: CustomerEvent = {}, customer: Record<string, unknown> = {}) {
  const file = new URL('../../fixtures/payloads/stripe.customer.updated.current.derived.json', import.meta.url);
  const event = JSON.parse(readFileSync(file, 'utf8'));
  const { name, email, phone, ...address } = personal;
  const object = { ...event.data.object, name, email, phone, address: { ...address, country: 'GB' }, ...customer };
  return { ...event, data: { ...event.data, object }, ...changes };
}

/** What the Apex callout of an org posts about a changed Account. */
export function accountCallout(changes: Record<string, unknown> = {}) {
  return {
    id: '6f1b0b52-7c1a-4f0e-9f3e-0d2c4b7a1e55',
    organizationId: '00D5f000005KcCnEAK',
    object: 'Account',
    changeType: 'UPDATE',
    recordId: '0015f00002J9YYEAA3',
    systemModstamp: '2026-11-20T11:59:58.000+0000',
    origin: '',
    fields: { Name: personal.name, Phone: personal.phone },
    ...changes,
  };
}

interface Signing {
  secret?: string;
  atMs?: number;
  headers?: Record<string, string>;
}

/** A request signed as Stripe signs it. */
export function fromStripe(event: unknown, { secret = webhookSecret, atMs = startMs, headers }: Signing = {}) {
  const seconds = Math.floor(atMs / 1000);
  const { body, signature } = signed(event, secret, seconds);
  return { body, headers: { 'stripe-signature': `t=${seconds},v1=${signature}`, ...headers } } satisfies SignedRequest;
}

/** A request signed as the Apex callout signs it. */
export function fromSalesforce(callout: unknown, { secret = webhookSecret, atMs = startMs, headers }: Signing = {}) {
  const seconds = Math.floor(atMs / 1000);
  const { body, signature } = signed(callout, secret, seconds);
  const signing = { 'x-millrace-timestamp': `${seconds}`, 'x-millrace-signature': `v1=${signature}` };
  return { body, headers: { ...signing, ...headers } } satisfies SignedRequest;
}

function signed(content: unknown, secret: string, seconds: number) {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const signature = createHmac('sha256', secret)
    .update(Buffer.concat([Buffer.from(`${seconds}.`), body]))
    .digest('hex');
  return { body, signature };
}

import { randomUUID } from 'node:crypto';
import { afterEach, expect, inject, it } from 'vitest';
import { postSigned } from '../support/post-signed.ts';
import { environmentOf, setEnvironment } from './support/functions.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { functionOf, secretOf, sources } from './support/names.ts';
import { aPerson, asCustomer } from './support/people.ts';
import { flows, queueDepth, queueUrl } from './support/queues.ts';
import { asEcho, createdEvent, linkOf, stripeClient } from './support/systems.ts';

const stripe = stripeClient();
const receiver = functionOf('receive-webhook', 'stripe');
const granted = await environmentOf(receiver);

afterEach(() => setEnvironment(receiver, granted));

/** What its own role must not let the receiver of Stripe's webhooks do: it is only told to. */
const ungranted = {
  "to send to another flow's queue": async () => {
    const url = await queueUrl(flows.fromSalesforce);
    return { QUEUE_URLS: JSON.stringify({ [flows.fromStripe]: url }) };
  },
  "to read another system's secret": async () => ({ WEBHOOK_SECRET_ID: secretOf('salesforce', 'webhook') }),
};

it.skipIf(!inject('pipeline').abilities.enforcesIam).for(Object.entries(ungranted))(
  'the receiver of Stripe is not allowed %s: 503, until that is mended (where IAM is enforced)',
  async ([, variables]) => {
    const customer = await stripe.customers.create(asCustomer(aPerson()), asEcho());
    const event = { ...(await createdEvent(stripe, customer.id)), id: `evt_${randomUUID()}`, request: null };
    const correlationId = randomUUID();
    const post = () => postSigned(sources.stripe, event, { headers: { 'x-correlation-id': correlationId } });

    await setEnvironment(receiver, { ...granted, ...(await variables()) });
    const refused = await post();

    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const line = await logEntry({ message: 'receiver unavailable', correlationId });
    expect(line.errorName).toMatch(/^AccessDenied(Exception)?$/);
    expect(await queueDepth(flows.fromSalesforce)).toBe(0);
    expect(logEntries({ message: 'event queued', correlationId })).toEqual([]);

    await setEnvironment(receiver, granted);
    expect((await post()).status).toBe(202);
    await linkOf(stripe, customer.id);
  },
);

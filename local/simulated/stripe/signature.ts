import { createHmac } from 'node:crypto';
import type { Sign } from '../webhook-sender.ts';

/** `Stripe-Signature` over `{t}.{body}`; the key is the whole secret, `whsec_` included (facts, section A). */
export const signStripeWebhook: Sign = (secret, body, unixSeconds) => ({
  'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  'stripe-signature': `t=${unixSeconds},v1=${createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')}`,
});

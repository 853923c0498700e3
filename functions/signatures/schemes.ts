import type { Certificates } from '../contract/certificates.ts';
import type { Sign, SignatureScheme } from '../contract/signature-scheme.ts';
import { adyen, signAdyen } from './adyen.ts';
import { discord, signDiscord } from './discord.ts';
import { github, signGithub } from './github.ts';
import { type HmacOptions, hmac, signHmac } from './hmac.ts';
import { hubspot, signHubspot } from './hubspot.ts';
import { paddle, signPaddle } from './paddle.ts';
import { paypal } from './paypal.ts';
import { salesforceCallout, signSalesforceCallout } from './salesforce-callout.ts';
import { salesforceOutboundMessage, signSalesforceOutboundMessage } from './salesforce-outbound-message.ts';
import { sendgrid, signSendgrid } from './sendgrid.ts';
import { shopify, signShopify } from './shopify.ts';
import { signSlack, slack } from './slack.ts';
import { signSquare, square } from './square.ts';
import { signStandardWebhooks, standardWebhooks } from './standard-webhooks.ts';
import { signStripe, stripe } from './stripe.ts';
import { signTwilio, twilio } from './twilio.ts';
import { signZendesk, zendesk } from './zendesk.ts';

/** What a tool may know of a request beside its scheme's name; each scheme takes what it has a use for. */
export interface SchemeOptions {
  readonly publicUrl?: string;
  readonly toleranceSeconds?: number;
  readonly certificates: Certificates;
  /** @default `x-signature`, HMAC-SHA256 over the body in hex */
  readonly hmac?: HmacOptions;
}

export interface SchemeEntry {
  /** The scheme as tools need it: it takes every version and form there is. */
  create(options: SchemeOptions): SignatureScheme;
  /** Undefined where only the sender itself can sign. */
  signer?(options: SchemeOptions): Sign;
}

const plainHmac: HmacOptions = { header: 'x-signature' };

/**
 * Every scheme by the name that users type: a new one is its file and its line here. For tools and tests; a receiver
 * imports its own scheme's file, so that its bundle holds no other.
 */
export const schemes = {
  stripe: { create: stripe, signer: () => signStripe },
  'standard-webhooks': { create: standardWebhooks, signer: () => signStandardWebhooks },
  github: { create: github, signer: () => signGithub },
  shopify: { create: shopify, signer: () => signShopify },
  slack: { create: slack, signer: () => signSlack },
  hubspot: {
    create: (options) => hubspot({ ...options, versions: ['v3', 'v2', 'v1'] }),
    signer: () => signHubspot,
  },
  twilio: { create: twilio, signer: () => signTwilio },
  zendesk: { create: zendesk, signer: () => signZendesk },
  sendgrid: { create: sendgrid, signer: () => signSendgrid },
  discord: { create: discord, signer: () => signDiscord },
  paddle: { create: paddle, signer: () => signPaddle },
  square: { create: square, signer: () => signSquare },
  adyen: { create: () => adyen({ forms: ['payments', 'platform'] }), signer: () => signAdyen },
  paypal: { create: paypal },
  hmac: {
    create: (options) => hmac(options.hmac ?? plainHmac),
    signer: (options) => signHmac(options.hmac ?? plainHmac),
  },
  'salesforce-callout': { create: salesforceCallout, signer: () => signSalesforceCallout },
  'salesforce-outbound-message': {
    create: salesforceOutboundMessage,
    signer: () => signSalesforceOutboundMessage,
  },
} as const satisfies Readonly<Record<string, SchemeEntry>>;

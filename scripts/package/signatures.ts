// What `import ... from 'millrace/signatures'` gives: every scheme by its own function, which answers the very verifier
// that the receivers use, and one that signs as its sender does, for tests. It needs nothing but Node.
import { publicCertificates as certificatesByHttps } from '../../functions/connectors/http/public-certificates.ts';
import type { Certificates } from '../../functions/contract/certificates.ts';

export type { Certificates } from '../../functions/contract/certificates.ts';
export type {
  Rejection,
  Repeats,
  SenderAnswer,
  Sign,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../../functions/contract/signature-scheme.ts';
export { adyen, signAdyen } from '../../functions/signatures/adyen.ts';
export { discord, signDiscord } from '../../functions/signatures/discord.ts';
export { github, signGithub } from '../../functions/signatures/github.ts';
export { type HmacOptions, hmac, signHmac } from '../../functions/signatures/hmac.ts';
export { type HubspotOptions, hubspot, signHubspot } from '../../functions/signatures/hubspot.ts';
export { paddle, signPaddle } from '../../functions/signatures/paddle.ts';
export { paypal } from '../../functions/signatures/paypal.ts';
export { salesforceCallout, signSalesforceCallout } from '../../functions/signatures/salesforce-callout.ts';
export {
  salesforceOutboundMessage,
  signSalesforceOutboundMessage,
} from '../../functions/signatures/salesforce-outbound-message.ts';
export { type SchemeEntry, type SchemeOptions, schemes } from '../../functions/signatures/schemes.ts';
export { sendgrid, signSendgrid } from '../../functions/signatures/sendgrid.ts';
export { shopify, signShopify } from '../../functions/signatures/shopify.ts';
export { signSlack, slack } from '../../functions/signatures/slack.ts';
export { signSquare, square } from '../../functions/signatures/square.ts';
export { signStandardWebhooks, standardWebhooks } from '../../functions/signatures/standard-webhooks.ts';
export { signStripe, stripe } from '../../functions/signatures/stripe.ts';
export { signTwilio, twilio } from '../../functions/signatures/twilio.ts';
export { signZendesk, zendesk } from '../../functions/signatures/zendesk.ts';

/** Certificates from public hosts, and the authorities that Node trusts: `paypal({ certificates: publicCertificates() })`. */
export function publicCertificates(): Certificates {
  return certificatesByHttps();
}

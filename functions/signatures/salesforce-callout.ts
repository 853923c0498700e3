import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { type HmacOptions, hmac, signHmac } from './hmac.ts';

const options: HmacOptions = {
  name: 'salesforce-callout',
  header: 'x-millrace-signature',
  prefix: 'v1=',
  signedContent: '{timestamp}.{body}',
  timestampHeader: 'x-millrace-timestamp',
};

/**
 * How the Apex callout of a Salesforce org signs: `x-millrace-timestamp` (s) and
 * `x-millrace-signature: v1=<hex HMAC-SHA256("{t}.{raw body}")>`. Salesforce signs nothing by itself.
 */
export function salesforceCallout({ toleranceSeconds }: { toleranceSeconds?: number } = {}): SignatureScheme {
  // A repeat has the same `id` in the body.
  return { ...hmac({ ...options, toleranceSeconds }), secretForm: 'the secret that was made for the org' };
}

/** Signs as the callout does. */
export function signSalesforceCallout(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signHmac(options)(request, secret, nowMs);
}

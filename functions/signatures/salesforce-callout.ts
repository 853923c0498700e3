import type { SignatureScheme } from '../contract/signature-scheme.ts';
import { hmac } from './hmac.ts';

/**
 * How the Apex callout of a Salesforce org signs: `x-millrace-timestamp` (s) and
 * `x-millrace-signature: v1=<hex HMAC-SHA256("{t}.{raw body}")>`. Salesforce signs nothing by itself.
 */
export function salesforceCallout(options: { toleranceSeconds?: number } = {}): SignatureScheme {
  return hmac({
    ...options,
    name: 'salesforce-callout',
    header: 'x-millrace-signature',
    prefix: 'v1=',
    signedContent: '{timestamp}.{body}',
    timestampHeader: 'x-millrace-timestamp',
  });
}

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { type Answer, request } from './request.ts';

/** Sign as the senders do, by code of the tests' own: a mistake that it shared with the receiver would not show. */
const signers: Readonly<Record<string, (secret: string, body: Buffer, seconds: number) => Record<string, string>>> = {
  stripe: (secret, body, seconds) => ({ 'stripe-signature': `t=${seconds},v1=${hmac(secret, seconds, body)}` }),
  'salesforce-callout': (secret, body, seconds) => ({
    'x-millrace-timestamp': String(seconds),
    'x-millrace-signature': `v1=${hmac(secret, seconds, body)}`,
  }),
  github: (secret, body) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }),
};

function hmac(secret: string, seconds: number, body: Buffer): string {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
}

export interface PostOptions {
  /** Added to the signature's, or put in their place. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The signed time, in seconds since 1970. @default now */
  readonly seconds?: number;
  /** @default the secret of the source */
  readonly secret?: string;
  /** Sent instead of what was signed. */
  readonly sentBody?: string | Uint8Array;
  /** @default where the pipeline has the source */
  readonly url?: string;
}

/** The headers of an authentic request: of `stripe`, `salesforce-callout` or `github`, which signs no time. */
export function sign(
  scheme: string,
  secret: string,
  body: string | Uint8Array,
  seconds: number,
): Record<string, string> {
  const signer = signers[scheme];
  if (signer === undefined) throw new Error(`The tests can't sign for the scheme '${scheme}'.`);
  return signer(secret, Buffer.from(body as string), seconds);
}

/** Posts a signed webhook to the deployed pipeline, as a source: `salesforce-stripe/stripe`. A body that is no text or bytes is sent as JSON. */
export async function postSigned(source: string, content: unknown, options: PostOptions = {}): Promise<Answer> {
  const { webhooks, caFile } = inject('pipeline');
  const webhook = webhooks[source];
  if (webhook === undefined) throw new Error(`The pipeline has no source '${source}', only ${Object.keys(webhooks)}.`);
  const body = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
  const secret = options.secret ?? readFileSync(webhook.secretFile, 'utf8');
  const signature = sign(webhook.scheme, secret, body, options.seconds ?? Math.floor(Date.now() / 1000));
  return request(options.url ?? webhook.url, {
    headers: { 'content-type': 'application/json', ...signature, ...options.headers },
    body: options.sentBody ?? body,
    caFile,
  });
}

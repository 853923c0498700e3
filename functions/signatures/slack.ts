import { memberOf, parseJsonBytes } from '../contract/json-bytes.ts';
import type { SenderAnswer, SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { type HmacOptions, senderHmac, signHmac } from './hmac.ts';
import { oneWord } from './parts/secret-form.ts';

const options: HmacOptions = {
  name: 'slack',
  header: 'x-slack-signature',
  prefix: 'v0=',
  signedContent: 'v0:{timestamp}:{body}',
  timestampHeader: 'x-slack-request-timestamp',
};

/**
 * Slack's scheme: `X-Slack-Signature: v0=<hex HMAC-SHA256("v0:{timestamp}:{raw body}")>`, timestamp in
 * `X-Slack-Request-Timestamp` (s). Commands and actions are posted as forms, events as JSON.
 * Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
 */
export function slack({ toleranceSeconds }: { toleranceSeconds?: number } = {}): SignatureScheme {
  return {
    ...senderHmac({ ...options, toleranceSeconds }),
    secretForm: "the app's signing secret (Basic Information)",
    // `event_id` of events; `trigger_id` of commands.
    repeats: { by: 'body' },
    // Anything in the body of an answer to a command is shown to the person who gave it.
    accepted: { statusCode: 200, body: '' },
    checkSecret: (secret) => (/^xox|^xapp-/.test(secret) ? 'is a token, not the signing secret' : oneWord(secret)),
    handshake,
  };
}

/** Signs as Slack does. */
export function signSlack(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signHmac(options)(request, secret, nowMs);
}

/** An endpoint is taken only if it answers its `url_verification` with the challenge in it. */
function handshake({ body }: SignedRequest): SenderAnswer | undefined {
  const json = parseJsonBytes(body);
  if (memberOf(json, 'type') !== 'url_verification') return undefined;
  const challenge = memberOf(json, 'challenge');
  // Nothing else that somebody wrote is ever sent back.
  if (typeof challenge !== 'string' || !/^[\w.~+/=-]{1,200}$/.test(challenge)) return undefined;
  return { statusCode: 200, contentType: 'text/plain', body: challenge };
}

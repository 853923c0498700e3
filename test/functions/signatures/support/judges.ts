import { generateKeyPairSync } from 'node:crypto';
import { sign as signByOctokit, verify as verifyByOctokit } from '@octokit/webhooks-methods';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { verifyKey } from 'discord-interactions';
import { WebhooksHelper } from 'square';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import twilioLibrary from 'twilio';
import type { Sign, SignatureScheme, SignedRequest } from '../../../../functions/contract/signature-scheme.ts';
import { discord, signDiscord } from '../../../../functions/signatures/discord.ts';
import { github, signGithub } from '../../../../functions/signatures/github.ts';
import { sendgrid, signSendgrid } from '../../../../functions/signatures/sendgrid.ts';
import { signSquare, square } from '../../../../functions/signatures/square.ts';
import { signStandardWebhooks, standardWebhooks } from '../../../../functions/signatures/standard-webhooks.ts';
import { signStripe, stripe } from '../../../../functions/signatures/stripe.ts';
import { signTwilio, twilio } from '../../../../functions/signatures/twilio.ts';

/** A sender's own library, beside our scheme. Their clock is `Date`. */
export interface Judge {
  /** Its package. */
  readonly library: string;
  readonly scheme: SignatureScheme;
  readonly sign: Sign;
  /** What the sender signs with, and what its receiver holds; and what another receiver holds. */
  readonly key: string;
  readonly secret: string;
  readonly otherSecret: string;
  /** Whether it refuses what was signed too long ago. */
  readonly minds: 'old times' | 'no time';
  /** What it takes, and we refuse: it could be another request, or another spelling, than the sender's. */
  readonly stricter?: Readonly<Record<string, Spelling>>;
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  /** Whether the library says that the request is authentic. */
  confirms(request: SignedRequest, secret: string): Promise<boolean>;
  /** The library's own signing; undefined where it has none. */
  signs?(request: SignedRequest, key: string, nowMs: number): Promise<SignedRequest>;
}

/** A header, and how its value is written otherwise. */
export interface Spelling {
  readonly name: string;
  change(value: string): string;
}

const textOf = ({ body }: SignedRequest) => Buffer.from(body).toString('utf8');
const header = ({ headers }: SignedRequest, name: string) => headers[name] ?? '';
const withHeaders = (request: SignedRequest, added: Record<string, string>) => ({
  ...request,
  headers: { ...request.headers, ...added },
});

/** Libraries throw where they refuse. */
async function confirmed(work: () => unknown): Promise<boolean> {
  try {
    return (await work()) !== false;
  } catch {
    return false;
  }
}

const shared = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const keys = { key: shared(1), secret: shared(1), otherSecret: shared(2) };
const json = { contentType: 'application/json' } as const;

const standard = (library: string, names: string, Webhook: typeof StandardWebhook | typeof SvixWebhook): Judge => ({
  ...keys,
  ...json,
  library,
  scheme: standardWebhooks(),
  sign: signStandardWebhooks,
  minds: 'old times',
  // It reads the time by parseInt, and signs what it read, not what was sent.
  stricter: {
    'a time with something after it': { name: 'webhook-timestamp', change: (time) => `${time}.0` },
    'a time with zeros before it': { name: 'webhook-timestamp', change: (time) => `0${time}` },
    'something behind the signature': { name: 'webhook-signature', change: (list) => `${list} ` },
  },
  confirms: (request, secret) =>
    confirmed(() => {
      const given = Object.entries(request.headers).map(([name, value]) => [name, value ?? '']);
      new Webhook(secret).verify(textOf(request), Object.fromEntries(given));
    }),
  signs: async (request, key, nowMs) => {
    const signature = new Webhook(key).sign('msg_1', new Date(nowMs), textOf(request));
    const added = { id: 'msg_1', timestamp: String(Math.floor(nowMs / 1000)), signature };
    return withHeaders(
      request,
      Object.fromEntries(Object.entries(added).map(([name, value]) => [`${names}-${name}`, value])),
    );
  },
});

const fieldsOf = (request: SignedRequest) => Object.fromEntries(new URLSearchParams(textOf(request)));

const twilioJudge = (contentType: Judge['contentType']): Judge => ({
  ...keys,
  contentType,
  library: `twilio, ${contentType}`,
  scheme: twilio(),
  sign: signTwilio,
  minds: 'no time',
  confirms: (request, secret) => {
    const [signature, { url = '' }] = [header(request, 'x-twilio-signature'), request];
    return confirmed(() =>
      contentType === 'application/json'
        ? twilioLibrary.validateRequestWithBody(secret, signature, url, textOf(request))
        : twilioLibrary.validateRequest(secret, signature, url, fieldsOf(request)),
    );
  },
  signs: async (request, key) => {
    const isJson = contentType === 'application/json';
    const url = isJson
      ? `${request.url}&bodySHA256=${twilioLibrary.getExpectedBodyHash(textOf(request))}`
      : request.url;
    const fields = isJson ? {} : fieldsOf(request);
    const signature = twilioLibrary.getExpectedTwilioSignature(key, url ?? '', fields);
    return withHeaders({ ...request, url: url ?? '' }, { 'x-twilio-signature': signature });
  },
});

function pairOf() {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex');
  return { key: hex(d), secret: hex(x) };
}

function p256Of() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    secret: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

const sendgridSignature = 'x-twilio-email-event-webhook-signature';

export const judges: readonly Judge[] = [
  {
    ...keys,
    ...json,
    library: 'stripe',
    scheme: stripe(),
    sign: signStripe,
    // Not what was signed in the future: there we are stricter, as below.
    minds: 'old times',
    confirms: (request, secret) =>
      confirmed(() =>
        Stripe.webhooks.signature!.verifyHeader(textOf(request), header(request, 'stripe-signature'), secret, 300),
      ),
    signs: async (request, secret, nowMs) => {
      const signing = { payload: textOf(request), secret, timestamp: Math.floor(nowMs / 1000) };
      return withHeaders(request, { 'stripe-signature': Stripe.webhooks.generateTestHeaderString(signing) });
    },
  },
  standard('standardwebhooks', 'webhook', StandardWebhook),
  standard('svix', 'svix', SvixWebhook),
  {
    ...keys,
    ...json,
    library: '@octokit/webhooks-methods',
    scheme: github(),
    sign: signGithub,
    minds: 'no time',
    confirms: (request, secret) =>
      confirmed(() => verifyByOctokit(secret, textOf(request), header(request, 'x-hub-signature-256'))),
    signs: async (request, key) =>
      withHeaders(request, { 'x-hub-signature-256': await signByOctokit(key, textOf(request)) }),
  },
  twilioJudge('application/x-www-form-urlencoded'),
  twilioJudge('application/json'),
  {
    ...json,
    ...p256Of(),
    otherSecret: p256Of().secret,
    library: '@sendgrid/eventwebhook',
    scheme: sendgrid(),
    sign: signSendgrid,
    minds: 'no time',
    // It leaves out whatever is no base64.
    stricter: {
      'a signature with a blank before it': { name: sendgridSignature, change: (text) => ` ${text}` },
      'a signature with a line break behind it': { name: sendgridSignature, change: (text) => `${text}\n` },
    },
    confirms: (request, secret) => {
      const [signature, timestamp] = ['signature', 'timestamp'].map((name) =>
        header(request, `x-twilio-email-event-webhook-${name}`),
      );
      const library = new EventWebhook();
      return confirmed(() =>
        library.verifySignature(library.convertPublicKeyToECDSA(secret), textOf(request), signature!, timestamp!),
      );
    },
  },
  {
    ...json,
    ...pairOf(),
    otherSecret: pairOf().secret,
    library: 'discord-interactions',
    scheme: discord(),
    sign: signDiscord,
    minds: 'no time',
    stricter: {
      'a signature in capital letters': { name: 'x-signature-ed25519', change: (text) => text.toUpperCase() },
    },
    confirms: (request, secret) => {
      const [signature, timestamp] = ['x-signature-ed25519', 'x-signature-timestamp'].map((name) =>
        header(request, name),
      );
      return confirmed(() => verifyKey(textOf(request), signature!, timestamp!, secret));
    },
  },
  {
    ...keys,
    ...json,
    library: 'square',
    scheme: square(),
    sign: signSquare,
    minds: 'no time',
    confirms: (request, signatureKey) =>
      confirmed(() =>
        WebhooksHelper.verifySignature({
          requestBody: textOf(request),
          signatureHeader: header(request, 'x-square-hmacsha256-signature'),
          signatureKey,
          notificationUrl: request.url ?? '',
        }),
      ),
  },
];

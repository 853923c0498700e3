import { github } from '../../../../functions/signatures/github.ts';
import { hmac } from '../../../../functions/signatures/hmac.ts';
import { paddle } from '../../../../functions/signatures/paddle.ts';
import { salesforceCallout } from '../../../../functions/signatures/salesforce-callout.ts';
import { shopify } from '../../../../functions/signatures/shopify.ts';
import { slack } from '../../../../functions/signatures/slack.ts';
import { square } from '../../../../functions/signatures/square.ts';
import { standardWebhooks } from '../../../../functions/signatures/standard-webhooks.ts';
import { stripe } from '../../../../functions/signatures/stripe.ts';
import { zendesk } from '../../../../functions/signatures/zendesk.ts';
import {
  base64Respelt,
  calledUrl,
  hexRespelt,
  hmacOf,
  oddSeconds,
  posted,
  type SchemeCase,
  type Signable,
  seconds,
} from './scheme-case.ts';

const secrets = { secret: 'whsec_c2VjcmV0', otherSecret: 'whsec_b3RoZXI' };
const timed = { time: seconds, malformedTimes: oddSeconds };
const iso = (ms: number) => new Date(ms).toISOString().replace('.000', '');
const oddIso = (ms: number) => [
  `${ms / 1000}`,
  iso(ms).replace('Z', '+00:00'),
  iso(ms).replace('T', ' '),
  iso(ms).toLowerCase(),
  ` ${iso(ms)}`,
  '2027-13-41T00:00:00Z',
];

/** Signs `before`, the body and `after` as they stand in `content`. */
function signing(
  hash: string,
  encoding: 'hex' | 'base64',
  content: (time: string, body: Buffer) => (string | Buffer)[],
) {
  return ({ body, key, time }: Signable) => hmacOf(hash, key, content(time, body)).digest(encoding);
}

const dotted = signing('sha256', 'hex', (time, body) => [`${time}.`, body]);
const standardKey = Buffer.from('a key of thirty-two bytes, 0123.').toString('base64');

const standard = (names: 'webhook' | 'svix'): SchemeCase => ({
  ...timed,
  title: `standard-webhooks: v1, ${names}-*`,
  scheme: standardWebhooks(),
  secret: `whsec_${standardKey}`,
  otherSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  wrongSecrets: [
    `whsec_${standardKey} `,
    standardKey.toUpperCase(),
    standardKey.slice(0, -2),
    `whpk_${standardKey}`,
    'whsec_',
  ],
  sign: ({ body, time }) =>
    hmacOf('sha256', Buffer.from(standardKey, 'base64'), [`msg_1.${time}.`, body]).digest('base64'),
  request: (body, signature, time) =>
    posted(body, {
      [`${names}-id`]: 'msg_1',
      [`${names}-timestamp`]: time,
      [`${names}-signature`]: `v1,${signature}`,
    }),
  unknownVersion: (signature) => ({ [`${names}-signature`]: `v2,${signature} v0,${signature}` }),
  respell: base64Respelt,
});

const zendeskCase = (title: string, scheme = zendesk()): SchemeCase => ({
  ...secrets,
  title,
  scheme,
  time: iso,
  malformedTimes: oddIso,
  sign: signing('sha256', 'base64', (time, body) => [time, body]),
  request: (body, signature, time) =>
    posted(body, { 'x-zendesk-webhook-signature': signature, 'x-zendesk-webhook-signature-timestamp': time }),
  respell: base64Respelt,
});

/** The schemes whose sender and receiver share a secret, and sign nothing but bodies, times and ids. */
export const hmacCases: readonly SchemeCase[] = [
  {
    ...secrets,
    ...timed,
    title: 'stripe',
    scheme: stripe(),
    sign: dotted,
    request: (body, signature, time) => posted(body, { 'stripe-signature': `t=${time},v1=${signature}` }),
    unknownVersion: (signature, time) => ({ 'stripe-signature': `t=${time},v0=${signature},v2=${signature}` }),
    respell: hexRespelt,
  },
  standard('webhook'),
  standard('svix'),
  {
    ...secrets,
    title: 'github',
    scheme: github(),
    sign: signing('sha256', 'hex', (_, body) => [body]),
    request: (body, signature) => posted(body, { 'x-hub-signature-256': `sha256=${signature}` }),
    unknownVersion: (signature) => ({ 'x-hub-signature-256': `sha1=${signature}` }),
    respell: hexRespelt,
  },
  ...['x-shopify-hmac-sha256', 'shopify-hmac-sha256'].map(
    (header): SchemeCase => ({
      ...secrets,
      title: `shopify: ${header}`,
      scheme: shopify(),
      sign: signing('sha256', 'base64', (_, body) => [body]),
      request: (body, signature) => posted(body, { [header]: signature }),
      respell: base64Respelt,
    }),
  ),
  {
    ...secrets,
    ...timed,
    title: 'slack',
    scheme: slack(),
    sign: signing('sha256', 'hex', (time, body) => [`v0:${time}:`, body]),
    request: (body, signature, time) =>
      posted(body, { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${signature}` }),
    unknownVersion: (signature) => ({ 'x-slack-signature': `v1=${signature}` }),
    respell: hexRespelt,
  },
  zendeskCase('zendesk'),
  zendeskCase('zendesk: with a window', zendesk({ toleranceSeconds: 300 })),
  {
    ...secrets,
    ...timed,
    title: 'paddle',
    scheme: paddle(),
    sign: signing('sha256', 'hex', (time, body) => [`${time}:`, body]),
    request: (body, signature, time) => posted(body, { 'paddle-signature': `ts=${time};h1=${signature}` }),
    unknownVersion: (signature, time) => ({ 'paddle-signature': `ts=${time};h0=${signature};h2=${signature}` }),
    respell: hexRespelt,
  },
  {
    ...secrets,
    title: 'square',
    signs: ['url', 'query'],
    scheme: square(),
    sign: signing('sha256', 'base64', (_, body) => [calledUrl, body]),
    request: (body, signature) => posted(body, { 'x-square-hmacsha256-signature': signature }),
    respell: base64Respelt,
  },
  {
    ...secrets,
    title: 'square: behind a proxy',
    signs: ['query'],
    scheme: square({ publicUrl: 'https://public.example.test/hooks' }),
    sign: signing('sha256', 'base64', (_, body) => ['https://public.example.test/hooks?tenant=7', body]),
    request: (body, signature) => posted(body, { 'x-square-hmacsha256-signature': signature }),
    respell: base64Respelt,
  },
  {
    ...secrets,
    ...timed,
    title: 'salesforce-callout',
    scheme: salesforceCallout(),
    sign: dotted,
    request: (body, signature, time) =>
      posted(body, { 'x-millrace-timestamp': time, 'x-millrace-signature': `v1=${signature}` }),
    unknownVersion: (signature) => ({ 'x-millrace-signature': `v2=${signature}` }),
    respell: hexRespelt,
  },
  {
    ...secrets,
    ...timed,
    title: 'hmac: sha512 in base64, a time, text around it, a longer window',
    scheme: hmac({
      header: 'X-Acme-Signature',
      encoding: 'base64',
      hash: 'sha512',
      signedContent: 'acme:{timestamp}.{body}',
      timestampHeader: 'X-Acme-Time',
      toleranceSeconds: 900,
    }),
    sign: signing('sha512', 'base64', (time, body) => [`acme:${time}.`, body]),
    request: (body, signature, time) => posted(body, { 'x-acme-time': time, 'x-acme-signature': signature }),
    respell: base64Respelt,
  },
  {
    ...timed,
    title: 'hmac: sha1 in hex, everything signed, a key in hex',
    signs: ['method', 'url', 'query'],
    scheme: hmac({
      header: 'X-Acme-Signature',
      prefix: 'sha1=',
      hash: 'sha1',
      secretEncoding: 'hex',
      signedContent: '{method} {url}\n{id}\n{timestamp}\n{body}',
      timestampHeader: 'X-Acme-Time',
      idHeader: 'X-Acme-Id',
    }),
    secret: '00112233445566778899aabbccddeeff',
    otherSecret: 'ffeeddccbbaa99887766554433221100',
    wrongSecrets: ['00112233445566778899aabbccddeef', '00112233445566778899aabbccddeeff ', '0011', 'secret'],
    sign: ({ body, key, time }) =>
      hmacOf('sha1', Buffer.from(key, 'hex'), [`POST ${calledUrl}\n7\n${time}\n`, body]).digest('hex'),
    request: (body, signature, time) =>
      posted(body, { 'x-acme-id': '7', 'x-acme-time': time, 'x-acme-signature': `sha1=${signature}` }),
    unknownVersion: (signature) => ({ 'x-acme-signature': `sha256=${signature}` }),
    respell: hexRespelt,
  },
  {
    ...secrets,
    title: 'hmac: sha256 in base64, no prefix, no time',
    scheme: hmac({ header: 'x-shop-hmac', encoding: 'base64' }),
    sign: signing('sha256', 'base64', (_, body) => [body]),
    request: (body, signature) => posted(body, { 'x-shop-hmac': signature }),
    respell: base64Respelt,
  },
];
